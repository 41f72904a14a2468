namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis.latency</c>: how latency is judged.</summary>
public sealed class LatencyConfig
{
    /// <summary>One to three of the baseline's quantiles, in tenths of a percent: 990 is p99. Each once.</summary>
    public IReadOnlyList<int> QuantilesPerMille { get; internal set; } = [500, 900, 990];

    /// <summary>How much slower than the baseline the canary may be, in hundredths of a percent; may exceed 100 %.</summary>
    public int MaxIncreaseBasisPoints { get; internal set; } = 3000;

    /// <summary>How much slower it may be in any case.</summary>
    public TimeSpan MinIncrease { get; internal set; } = TimeSpan.FromMilliseconds(1);
}
