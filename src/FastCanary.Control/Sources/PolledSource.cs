namespace FastCanary.Control;

/// <summary>A source, and how often it is asked.</summary>
internal readonly record struct PolledSource(IReadingSource Source, TimeSpan Interval);
