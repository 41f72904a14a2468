using System.Collections.Immutable;

namespace FastCanary.Release;

/// <summary>How latency is judged: by how often responses are slower than the baseline's quantiles.</summary>
public sealed record LatencyGuardPlan
{
    /// <summary>How many quantiles there can be.</summary>
    public const int QuantilesMax = 3;

    /// <summary>1 to 3 of them, each between 0 and 1.</summary>
    public ImmutableArray<double> Quantiles { get; init; } = [0.5, 0.9, 0.99];

    /// <summary>How much slower than the baseline's quantile the canary may be, in basis points.</summary>
    public int MaxIncreaseBasisPoints { get; init; } = 3000;

    /// <summary>How much slower it may be in any case.</summary>
    public TimeSpan MinIncrease { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>What a canary's response must exceed to count as slow.</summary>
    /// <param name="baselineMicros">The baseline's quantile, in microseconds.</param>
    public long CanaryThreshold(long baselineMicros) =>
        baselineMicros + Math.Max((long)Math.Ceiling(baselineMicros * Share.Of(MaxIncreaseBasisPoints)), (long)MinIncrease.TotalMicroseconds);
}
