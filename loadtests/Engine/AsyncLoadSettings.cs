namespace FastCanary.LoadTests.Engine;

/// <summary>The bounds of a load of asynchronous steps.</summary>
internal sealed record AsyncLoadSettings
{
    /// <summary>Steps of open stretches under way at a time, at most; one that is due beyond it waits, and its latency counts that.</summary>
    public int CopiesMax { get; init; } = 2048;

    /// <summary>After how many seconds a step is cancelled and has failed, counted from when it was due.</summary>
    public double TimeOutSeconds { get; init; } = 30;
}
