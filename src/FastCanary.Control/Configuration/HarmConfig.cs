namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis.harm</c>: what the canary may cost.</summary>
public sealed class HarmConfig
{
    /// <summary>How many failures more than the baseline would have had.</summary>
    public int Max { get; internal set; }
}
