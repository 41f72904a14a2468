namespace FastCanary.Control;

/// <summary>Where a rollout stands.</summary>
/// <param name="Canary">The version that is released.</param>
/// <param name="Baseline">The version that it is compared with.</param>
/// <param name="Phase"><c>Idle</c>, <c>Progressing</c>, <c>Paused</c>, <c>Promoted</c>, <c>Aborting</c> or <c>Aborted</c>.</param>
/// <param name="Step">The step that it is at, from 1; 0 before the first.</param>
/// <param name="Steps">How many steps the plan has.</param>
/// <param name="Plan">Its steps, in order.</param>
/// <param name="Since">Since when it is in this phase.</param>
/// <param name="StepSince">Since when it is at this step.</param>
/// <param name="Reason">Why it is there, in plain words.</param>
/// <param name="Evidence">One entry a guard.</param>
/// <param name="Advance">What the next step waits for; null where no step comes.</param>
/// <param name="UsersHurt">Failures that the canary has cost beyond what the baseline would have had; an estimate.</param>
/// <param name="Problems">What keeps a guard from seeing, in plain words; empty where nothing does.</param>
internal sealed record RolloutReport(
    string Canary,
    string Baseline,
    string Phase,
    int Step,
    int Steps,
    IReadOnlyList<PlanStepReport> Plan,
    DateTimeOffset Since,
    DateTimeOffset StepSince,
    string Reason,
    IReadOnlyList<EvidenceReport> Evidence,
    AdvanceReport? Advance,
    double UsersHurt,
    IReadOnlyList<string> Problems);
