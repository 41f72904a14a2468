using System.Diagnostics;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>Waits for what happens soon. The patience is generous: it decides only how late a failure shows.</summary>
internal static class Eventually
{
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Fails with <paramref name="what"/> where the condition does not come to hold.</summary>
    public static void Holds(Func<bool> condition, Func<string> what)
    {
        if (!Within(Patience, condition)) Assert.Fail($"did not happen within {Patience.TotalSeconds:0} s: {what()}");
    }

    public static void Holds(Func<bool> condition, string what) => Holds(condition, () => what);

    public static bool Within(TimeSpan time, Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > time) return false;
            Thread.Sleep(10);
        }

        return true;
    }
}
