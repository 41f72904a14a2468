namespace FastCanary.LoadTests.Scenarios;

/// <summary>What share of a step's answers a version was meant to give, over time.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Version">The version's name.</param>
/// <param name="Points">In the order of time; each holds until the next.</param>
internal sealed record IntendedShare(string Step, string Version, IReadOnlyList<SharePoint> Points);
