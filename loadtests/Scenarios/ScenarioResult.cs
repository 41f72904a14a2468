using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Scenarios;

/// <summary>What came of a scenario.</summary>
/// <param name="Name">Of the scenario.</param>
/// <param name="Summary">What it shows.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Problem">Why it was skipped, or broke off; else empty.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Steps">Its loads.</param>
/// <param name="Thresholds">What had to be true.</param>
/// <param name="Figures">What else was measured: a name and a value with its unit.</param>
/// <param name="Intended">The shares that were meant.</param>
internal sealed record ScenarioResult(
    string Name,
    string Summary,
    Outcome Outcome,
    string Problem,
    double Seconds,
    IReadOnlyList<StepResult> Steps,
    IReadOnlyList<Threshold> Thresholds,
    IReadOnlyList<(string Name, string Value)> Figures,
    IReadOnlyList<IntendedShare> Intended);
