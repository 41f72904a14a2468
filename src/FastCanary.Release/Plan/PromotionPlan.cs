namespace FastCanary.Release;

/// <summary>What comes after the last step: the old version keeps a small share for a while, so that the two can be compared, and the release be taken back.</summary>
public sealed record PromotionPlan
{
    /// <summary>How long; zero: the release is over at once.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The old version's share meanwhile, in basis points.</summary>
    public int HoldBackBasisPoints { get; init; } = 100;
}
