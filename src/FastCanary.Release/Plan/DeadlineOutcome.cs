namespace FastCanary.Release;

/// <summary>What happens when a state has lasted too long.</summary>
public enum DeadlineOutcome
{
    /// <summary>Nothing.</summary>
    Wait,

    /// <summary>The rollout pauses.</summary>
    Pause,

    /// <summary>The rollout goes on to its next step.</summary>
    Promote,

    /// <summary>The baseline gets everything.</summary>
    Abort,
}
