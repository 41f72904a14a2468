namespace FastCanary.Release;

/// <summary>By what a rollout's share moves.</summary>
public enum AnalysisPolicy
{
    /// <summary>Steps, each left on evidence; sequential tests with a bounded rate of false aborts.</summary>
    Evidence,

    /// <summary>Fixed thresholds: the share rises by an amount after each healthy period and falls by another after each unhealthy one.</summary>
    Thresholds,
}
