namespace FastCanary.Control;

/// <summary>What the control plane knows of a service beyond its counters.</summary>
internal sealed record ServiceMetrics
{
    /// <summary>What each version had of the last minute's requests, 0 to 1, in the versions' order; not a number where there was no request.</summary>
    public required IReadOnlyList<double> Shares { get; init; }

    /// <summary>The rollout's phase: one of <see cref="MetricsText.Phases"/>; null where no rollout is configured.</summary>
    public string? Phase { get; init; }

    /// <summary>The rollout's step, from 1; 0 before the first.</summary>
    public int Step { get; init; }

    /// <summary>The guards that have evidence.</summary>
    public IReadOnlyList<GuardEvidence> Evidence { get; init; } = [];

    /// <summary>Decisions since the start of the process by their kind; each kind once.</summary>
    public IReadOnlyList<DecisionCount> Decisions { get; init; } = [];
}
