using System.Globalization;

namespace FastCanary.LoadTests.Stage;

/// <summary>How many sockets and files this process may have open.</summary>
internal static class Descriptors
{
    // Those of the runtime, of the endpoints and of the admin API's connections.
    private const int Others = 300;

    /// <summary>The limit; null where the system does not tell.</summary>
    public static int? Limit
    {
        get
        {
            const string Limits = "/proc/self/limits";
            if (!File.Exists(Limits)) return null;
            string line = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) ?? "";
            return line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..] && int.TryParse(soft, CultureInfo.InvariantCulture, out int limit) ? limit : null;
        }
    }

    /// <summary>Fails where connections would run out of descriptors: that would look like a fault of the target.</summary>
    /// <param name="connections">How many of clients are open at a time; their endpoints' are of this process too.</param>
    /// <exception cref="InvalidOperationException">There are too few.</exception>
    public static void Require(int connections) => Require(connections, Limit);

    /// <inheritdoc cref="Require(int)"/>
    public static void Require(int connections, int? limit)
    {
        int needed = (2 * connections) + Others;
        if (limit < needed) throw new InvalidOperationException($"{connections} connections need {needed} descriptors in this process, and as many in FastCanary's; the limit is {limit}: raise it before (ulimit -n {needed})");
    }
}
