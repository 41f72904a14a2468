namespace FastCanary.Control;

/// <summary>A version's weight in a split.</summary>
/// <param name="Version">Its name.</param>
/// <param name="Weight">0 to 65535.</param>
internal sealed record VersionWeight(string Version, int Weight);
