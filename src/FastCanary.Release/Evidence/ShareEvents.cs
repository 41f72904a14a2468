namespace FastCanary.Release;

/// <summary>Events that fell while the canary had a certain share.</summary>
/// <param name="CanaryBasisPoints">That share.</param>
/// <param name="Canary">Those that fell on the canary.</param>
/// <param name="Baseline">Those that fell on the baseline.</param>
public readonly record struct ShareEvents(int CanaryBasisPoints, long Canary, long Baseline);
