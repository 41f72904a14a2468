namespace FastCanary.Control;

/// <summary>A count for each of the two versions that are compared.</summary>
/// <param name="Baseline">The baseline's.</param>
/// <param name="Canary">The canary's.</param>
internal sealed record RoleCounts(long Baseline, long Canary);
