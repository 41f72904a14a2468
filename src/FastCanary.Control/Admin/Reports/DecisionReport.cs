namespace FastCanary.Control;

/// <summary>One change of a split or of a rollout's phase.</summary>
/// <param name="Id">Counts up from 1 over all services; <c>explain --id</c>.</param>
/// <param name="At">When it took effect.</param>
/// <param name="Service">Whose.</param>
/// <param name="Kind">One of started, advanced, paused, resumed, held, promoted, completed, aborting, reduced, aborted, retried, undone, weights, reset, reloaded, restored.</param>
/// <param name="Actor">Who decided: <c>engine</c>, <c>admin: operator 127.0.0.1</c>, <c>SIGHUP</c>, <c>file change</c>.</param>
/// <param name="From">The weights before, in the order of the configuration.</param>
/// <param name="To">The weights after.</param>
/// <param name="Phase">The rollout's phase after it; null where there is no rollout.</param>
/// <param name="Step">The rollout's step after it, from 1; null where there is no rollout.</param>
/// <param name="Reason">Why, in plain words.</param>
/// <param name="Evidence">What the guards had seen by then.</param>
internal sealed record DecisionReport(
    long Id,
    DateTimeOffset At,
    string Service,
    string Kind,
    string Actor,
    IReadOnlyList<VersionWeight> From,
    IReadOnlyList<VersionWeight> To,
    string? Phase,
    int? Step,
    string Reason,
    IReadOnlyList<EvidenceReport> Evidence);
