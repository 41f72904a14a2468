namespace FastCanary.LoadTests.Stage;

/// <summary>What FastCanary's admin API tells of a rollout.</summary>
/// <param name="Phase">Idle, Progressing, Paused, Promoted, Aborting, Aborted.</param>
/// <param name="Step">From 1; 0 before the first.</param>
/// <param name="Reason">Why it is in this phase.</param>
/// <param name="UsersHurt">Requests that failed on the canary since the evidence began.</param>
/// <param name="Weights">The split in force.</param>
internal sealed record RolloutStatus(string Phase, int Step, string Reason, long UsersHurt, IReadOnlyDictionary<string, int> Weights);
