namespace FastCanary.Control;

/// <summary>One service: its split, its health, its rollout.</summary>
/// <param name="Name">As configured.</param>
/// <param name="Baseline">The version that stands in where another cannot serve.</param>
/// <param name="Versions">In the order of the configuration.</param>
/// <param name="Rollout">Null where none is configured.</param>
/// <param name="Decisions">The last five, newest first.</param>
internal sealed record ServiceReport(
    string Name, string Baseline, IReadOnlyList<VersionReport> Versions, RolloutReport? Rollout, IReadOnlyList<DecisionReport> Decisions);
