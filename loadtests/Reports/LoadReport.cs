using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Reports;

/// <summary>A whole run, as the reports show it.</summary>
/// <param name="Began">When.</param>
/// <param name="Subject">What was loaded: the binary's file name, or the target's URL.</param>
/// <param name="Arguments">Of the command line; no token is among them.</param>
/// <param name="Environment">Where.</param>
/// <param name="Scenarios">What came of each.</param>
internal sealed record LoadReport(DateTimeOffset Began, string Subject, IReadOnlyList<string> Arguments, RunEnvironment Environment, IReadOnlyList<ScenarioResult> Scenarios);
