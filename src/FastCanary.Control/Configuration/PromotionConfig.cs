namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.promotion</c>: what comes after the last step.</summary>
public sealed class PromotionConfig
{
    /// <summary>How long the canary is watched on; zero: not at all.</summary>
    public TimeSpan Watch { get; internal set; } = TimeSpan.FromMinutes(10);

    /// <summary>The share that the baseline keeps meanwhile, so that there is something to compare with, in hundredths of a percent.</summary>
    public int HoldBackBasisPoints { get; internal set; } = 100;
}
