using System.Diagnostics;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>Waits for what happens soon. The patience is generous: it decides only how late a failure shows.</summary>
internal static class Eventually
{
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    /// <summary>For the start of a program, and for one that runs to its end: on a busy machine compiling just in time takes many seconds.</summary>
    public static TimeSpan ProgramPatience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Fails with <paramref name="what"/> where the condition does not come to hold.</summary>
    public static void Holds(Func<bool> condition, Func<string> what) => Holds(condition, what, Patience);

    public static void Holds(Func<bool> condition, string what) => Holds(condition, () => what);

    /// <summary>As <see cref="Holds(Func{bool}, Func{string})"/>, for what a program does once it has started.</summary>
    public static void HoldsOnceStarted(Func<bool> condition, Func<string> what) => Holds(condition, what, ProgramPatience);

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

    private static void Holds(Func<bool> condition, Func<string> what, TimeSpan patience)
    {
        if (!Within(patience, condition)) Assert.Fail($"did not happen within {patience.TotalSeconds:0} s: {what()}");
    }
}
