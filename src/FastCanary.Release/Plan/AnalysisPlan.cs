using System.Collections.Immutable;

namespace FastCanary.Release;

/// <summary>What is watched, and how sure one has to be.</summary>
public sealed record AnalysisPlan
{
    /// <summary>By what the share moves.</summary>
    public AnalysisPolicy Policy { get; init; } = AnalysisPolicy.Evidence;

    /// <summary>The chance, in basis points, with which a release that is no worse is aborted by the statistical guards over the whole rollout, however long it takes.</summary>
    public int FalseAbortBasisPoints { get; init; } = 100;

    /// <summary>How many requests of a step the canary must have got before the next.</summary>
    public long MinRequests { get; init; } = 100;

    /// <summary>Null: errors are not judged.</summary>
    public ErrorGuardPlan? Errors { get; init; } = new();

    /// <summary>Null: latency is not judged.</summary>
    public LatencyGuardPlan? Latency { get; init; } = new();

    /// <summary>Null: the canary's resources are not judged.</summary>
    public ResourceGuardPlan? Resources { get; init; }

    /// <summary>How many business errors the canary may cause; null: they are not judged.</summary>
    public long? BusinessMax { get; init; }

    /// <summary>Questions to a Prometheus.</summary>
    public ImmutableArray<QueryGuardPlan> Queries { get; init; } = [];

    /// <summary>How many failures more than the baseline would have had the canary may cost; null: no bound.</summary>
    public double? HarmMax { get; init; }

    /// <summary>For <see cref="AnalysisPolicy.Thresholds"/>.</summary>
    public ThresholdsPlan Thresholds { get; init; } = new();
}
