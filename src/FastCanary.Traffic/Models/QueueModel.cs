namespace FastCanary.Traffic;

/// <summary>How requests wait where every endpoint of their version has its most connections.</summary>
/// <param name="CountMax">How many wait for one version at a time; 0: nobody waits.</param>
/// <param name="TimeoutMs">How long one waits, in milliseconds; above 0.</param>
public sealed record QueueModel(int CountMax, int TimeoutMs);
