namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis.thresholds</c>: the fixed thresholds of the simple policy, judged once a period. Shares are in hundredths of a percent.</summary>
public sealed class ThresholdsConfig
{
    /// <summary>The smallest share of the requests that must not fail.</summary>
    public int SuccessRateBasisPoints { get; internal set; } = 9500;

    /// <summary>How much slower than the baseline's p99 the canary's may be; may exceed 100 %.</summary>
    public int LatencyIncreaseBasisPoints { get; internal set; } = 3000;

    /// <summary>How much of one core the canary may use; judged where there is <see cref="AnalysisConfig.Resources"/>.</summary>
    public int CpuBasisPoints { get; internal set; } = 7000;

    /// <summary>How many business errors a period may have.</summary>
    public int Business { get; internal set; }

    /// <summary>By how much a healthy period raises the canary's share.</summary>
    public int HealthyBasisPoints { get; internal set; } = 1000;

    /// <summary>By how much an unhealthy period lowers it.</summary>
    public int UnhealthyBasisPoints { get; internal set; } = 2000;

    /// <summary>How long a period is.</summary>
    public TimeSpan Period { get; internal set; } = TimeSpan.FromMinutes(1);
}
