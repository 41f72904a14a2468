namespace FastCanary.Control;

/// <summary>A source, and how often it is asked.</summary>
internal sealed record PolledSource(IReadingSource Source, TimeSpan Interval);
