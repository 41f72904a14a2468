namespace FastCanary.Release;

/// <summary>Where a rollout stands.</summary>
public enum RolloutPhase
{
    /// <summary>None is under way; the split is what people made it.</summary>
    Idle,

    /// <summary>The share rises step by step.</summary>
    Progressing,

    /// <summary>The share stays until someone, or a deadline, decides.</summary>
    Paused,

    /// <summary>The canary has won: it gets everything, or everything but the hold-back while it is watched.</summary>
    Promoted,

    /// <summary>The share is being taken back in parts.</summary>
    Aborting,

    /// <summary>The baseline gets everything. Latched: nothing but a retry, or another canary, leaves it.</summary>
    Aborted,
}
