using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Reports;

/// <summary>A whole run, as the reports show it. Made for readers elsewhere: no token, host or path of the machine is in it.</summary>
/// <param name="Began">When.</param>
/// <param name="Subject">What was loaded.</param>
/// <param name="Command">The command line, as far as it can be shown.</param>
/// <param name="Environment">Where.</param>
/// <param name="Configuration">FastCanary's, but for its addresses; null where it is the target's own.</param>
/// <param name="Scenarios">What came of each.</param>
internal sealed record LoadReport(DateTimeOffset Began, TestSubject Subject, string Command, RunEnvironment Environment, string? Configuration, IReadOnlyList<ScenarioResult> Scenarios);
