namespace FastCanary.Release;

/// <summary>All that a rollout has to remember; with the plan it can be gone on with anywhere, by anyone.</summary>
public sealed record RolloutState
{
    /// <summary>Where it stands.</summary>
    public RolloutPhase Phase { get; set; }

    /// <summary>Since when.</summary>
    public DateTimeOffset PhaseSince { get; set; }

    /// <summary>The place of the step, from 0; −1: none.</summary>
    public int Step { get; set; } = -1;

    /// <summary>From when on the step's time counts; pauses move it.</summary>
    public DateTimeOffset StepSince { get; set; }

    /// <summary>Why it is paused.</summary>
    public PauseCause PauseCause { get; set; }

    /// <summary>Why it stands where it stands, in plain words.</summary>
    public string Reason { get; set; } = "";

    /// <summary>The canary's share, in basis points.</summary>
    public int CanaryBasisPoints { get; set; }

    /// <summary>When the next part is taken back.</summary>
    public DateTimeOffset NextReductionAt { get; set; }

    /// <summary>Until when a promotion is watched; null: it is not.</summary>
    public DateTimeOffset? WatchUntil { get; set; }

    /// <summary>For the thresholds policy: when the period began.</summary>
    public DateTimeOffset PeriodSince { get; set; }

    /// <summary>For the thresholds policy: what the canary's requests came to in this period.</summary>
    public VersionCounts Period { get; set; }

    /// <summary>How often the evidence has begun anew.</summary>
    public int EvidenceGeneration { get; set; }

    /// <summary>What the tests rest on; as of when the state was taken.</summary>
    public EvidenceState Evidence { get; set; } = new();
}
