namespace FastCanary.Release;

/// <summary>The simple policy: fixed thresholds, judged once a period.</summary>
public sealed record ThresholdsPlan
{
    /// <summary>The smallest share of requests that must not fail, in basis points.</summary>
    public int SuccessRateBasisPoints { get; init; } = 9500;

    /// <summary>How much above the baseline's p99 the canary's may be, in basis points.</summary>
    public int LatencyIncreaseBasisPoints { get; init; } = 3000;

    /// <summary>CPU of one core that the canary may use, in basis points; 0: no bound.</summary>
    public int CpuBasisPoints { get; init; } = 7000;

    /// <summary>Business errors that a period may have.</summary>
    public long BusinessMax { get; init; }

    /// <summary>By how much a healthy period raises the share, in basis points.</summary>
    public int HealthyBasisPoints { get; init; } = 1000;

    /// <summary>By how much an unhealthy period lowers it, in basis points.</summary>
    public int UnhealthyBasisPoints { get; init; } = 2000;

    /// <summary>How long a period is.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(1);
}
