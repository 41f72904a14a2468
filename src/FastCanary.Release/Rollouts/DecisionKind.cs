namespace FastCanary.Release;

/// <summary>What was decided.</summary>
public enum DecisionKind
{
    /// <summary>A rollout has begun.</summary>
    Started,

    /// <summary>The share has risen.</summary>
    Advanced,

    /// <summary>The share stays until someone decides.</summary>
    Paused,

    /// <summary>A pause is over.</summary>
    Resumed,

    /// <summary>A guard found the canary worse; the plan holds.</summary>
    Held,

    /// <summary>The canary has won.</summary>
    Promoted,

    /// <summary>The time in which a promotion is watched is over.</summary>
    Completed,

    /// <summary>The share begins to be taken back in parts.</summary>
    Aborting,

    /// <summary>The share has fallen.</summary>
    Reduced,

    /// <summary>The baseline gets everything.</summary>
    Aborted,

    /// <summary>An aborted rollout has begun again.</summary>
    Retried,

    /// <summary>A promotion was taken back.</summary>
    Undone,

    /// <summary>The split was changed by hand or by the configuration.</summary>
    Weights,

    /// <summary>The canary is another one; its evidence begins anew.</summary>
    Reset,

    /// <summary>The journal could not be written for a while: the split that is in force, whatever it says before.</summary>
    Restored,
}
