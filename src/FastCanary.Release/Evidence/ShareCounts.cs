namespace FastCanary.Release;

/// <summary>What became of the requests that were sent on their way while the canary had a certain share.</summary>
/// <param name="CanaryBasisPoints">That share.</param>
/// <param name="Baseline">The baseline's.</param>
/// <param name="Canary">The canary's.</param>
public readonly record struct ShareCounts(int CanaryBasisPoints, VersionCounts Baseline, VersionCounts Canary);
