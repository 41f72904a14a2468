namespace FastCanary.LoadTests.Scenarios;

/// <summary>The intended share of a version, from a moment on.</summary>
/// <param name="Second">Of the scenario.</param>
/// <param name="Share">0 to 1.</param>
internal readonly record struct SharePoint(double Second, double Share);
