using System.Text.Json;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>Members of JSON objects. A number that a writer may leave out is 0.</summary>
internal static class Json
{
    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static long Number(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (!element.TryGetProperty(name, out element)) return 0;
        }

        return element.GetInt64();
    }

    public static DateTime Moment(this JsonElement element, string name) => element.GetProperty(name).GetDateTime().ToUniversalTime();

    /// <summary>The canary's share of the weights of a service's report, or of a decision's <c>to</c>, to the basis point.</summary>
    public static int CanaryBasisPoints(IEnumerable<(string Version, long Weight)> weights)
    {
        var all = weights.ToArray();
        return (int)Math.Round(10000.0 * all.Where(static version => version.Version == "canary").Sum(static version => version.Weight) / all.Sum(static version => version.Weight));
    }
}
