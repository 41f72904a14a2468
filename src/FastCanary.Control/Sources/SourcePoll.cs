namespace FastCanary.Control;

/// <summary>A source that is polled, and what it said last. <see cref="SourcePoller"/> guards it by its lock.</summary>
internal sealed class SourcePoll(PolledSource polled, Reading[] readings, long at)
{
    /// <summary>Ends the loop that polls it. It has neither timer nor handle, so nobody disposes of it.</summary>
    public CancellationTokenSource Loop { get; } = new();

    public IReadingSource Source { get; } = polled.Source;

    public TimeSpan Interval { get; } = polled.Interval;

    /// <summary>The last ones.</summary>
    public Reading[] Readings { get; set; } = readings;

    /// <summary>When they came, by the clock's timestamp.</summary>
    public long At { get; set; } = at;

    /// <summary>What the log has been told is wrong; empty: nothing.</summary>
    public string Problem { get; set; } = "";
}
