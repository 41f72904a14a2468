namespace FastCanary.Release;

/// <summary>What a source outside the proxy says: a query's answer, a process's use of a resource.</summary>
/// <param name="Guard"><see cref="Cpu"/>, <see cref="Memory"/>, or the query's name.</param>
/// <param name="At">When it was read; the same reading is seen at many looks, and counts once.</param>
/// <param name="Value">Null where there is none.</param>
/// <param name="Problem">Why there is none; empty where there is.</param>
public readonly record struct GuardReading(string Guard, DateTimeOffset At, double? Value, string Problem)
{
    /// <summary>The canary's use of one core, as a fraction.</summary>
    public const string Cpu = "cpu";

    /// <summary>The canary's use of the memory that there is for it, as a fraction.</summary>
    public const string Memory = "memory";
}
