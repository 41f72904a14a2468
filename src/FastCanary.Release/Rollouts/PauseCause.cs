namespace FastCanary.Release;

/// <summary>Why a rollout is paused, which decides what ends it.</summary>
public enum PauseCause
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>A step of the plan: ended by a promotion, or by its time.</summary>
    Gate,

    /// <summary>A person's command.</summary>
    Operator,

    /// <summary>A guard found the canary worse, and the plan holds instead of taking it back.</summary>
    Guard,

    /// <summary>A step took too long.</summary>
    Deadline,

    /// <summary>The split was changed by hand or by the configuration.</summary>
    Change,
}
