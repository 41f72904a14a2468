namespace FastCanary.Release;

/// <summary>What people, and the configuration, ask of a rollout.</summary>
public enum RolloutVerb
{
    /// <summary>Begin with the first step.</summary>
    Start,

    /// <summary>Stay where it is.</summary>
    Pause,

    /// <summary>Go on.</summary>
    Resume,

    /// <summary>Go to the next step now, whatever the evidence.</summary>
    Promote,

    /// <summary>Go to the end now.</summary>
    PromoteFull,

    /// <summary>Give everything to the baseline.</summary>
    Abort,

    /// <summary>Begin again after an abort.</summary>
    Retry,

    /// <summary>Take a promotion back.</summary>
    Undo,

    /// <summary>A split made by hand.</summary>
    SetShare,

    /// <summary>A split that the configuration has changed.</summary>
    ConfigureShare,

    /// <summary>The canary is another one now.</summary>
    ReplaceCanary,
}
