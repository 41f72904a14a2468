using System.Collections.Immutable;

namespace FastCanary.Release;

/// <summary>One look at a service: what happened since the one before. All that decisions rest on, beside what people ask for.</summary>
public sealed record Observation
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>By the share under which requests were sent on their way: the present one, and the one before while requests of its time still end.</summary>
    public ImmutableArray<ShareCounts> Counts { get; init; } = [];

    /// <summary>The last reading of each source.</summary>
    public ImmutableArray<GuardReading> Readings { get; init; } = [];

    /// <summary>The baseline's p99 of the last minute in seconds; null without requests. For the thresholds policy.</summary>
    public double? BaselineP99 { get; init; }

    /// <summary>The canary's p99 of the last minute in seconds; null without requests. For the thresholds policy.</summary>
    public double? CanaryP99 { get; init; }

    /// <summary>The canary has no endpoint that is available.</summary>
    public bool IsCanaryDown { get; init; }
}
