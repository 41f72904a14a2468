using System.Collections.Immutable;

namespace FastCanary.Release;

/// <summary>The counts on which a rollout's tests rest.</summary>
public sealed record EvidenceState
{
    /// <summary>Failures by share.</summary>
    public ImmutableArray<ShareEvents> Errors { get; init; } = [];

    /// <summary>Slow responses by quantile and share.</summary>
    public ImmutableArray<ImmutableArray<ShareEvents>> Slow { get; init; } = [];

    /// <summary>Requests by share.</summary>
    public ImmutableArray<ShareEvents> Requests { get; init; } = [];

    /// <summary>The baseline's sums.</summary>
    public VersionCounts Baseline { get; init; }

    /// <summary>The canary's sums.</summary>
    public VersionCounts Canary { get; init; }

    /// <summary>The canary's requests since the step began.</summary>
    public long StepRequests { get; init; }

    /// <summary>The canary's requests a second, over the last minute or so.</summary>
    public double CanaryRate { get; init; }

    /// <summary>How much of that memory is filled, 0 to 1: at the beginning there is less than a minute to know of.</summary>
    public double CanaryRateWeight { get; init; }

    /// <summary>By guard: how many readings in a row were over the bound, and which was the last.</summary>
    public ImmutableArray<OverBound> OverBounds { get; init; } = [];
}
