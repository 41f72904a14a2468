namespace FastCanary.Control;

/// <summary>What an operator can tell a rollout to do; lower-cased, the last segment of the call's path.</summary>
internal enum RolloutVerb : byte
{
    /// <summary>Begins at the first step.</summary>
    Start,

    /// <summary>Stays where it is until <see cref="Resume"/>; the guards go on.</summary>
    Pause,

    /// <summary>Goes on after a pause.</summary>
    Resume,

    /// <summary>Passes the gate or the step; in full, to the end.</summary>
    Promote,

    /// <summary>Takes the canary back. Latched until <see cref="Retry"/>.</summary>
    Abort,

    /// <summary>Begins anew after an abort.</summary>
    Retry,

    /// <summary>Takes a finished promotion back.</summary>
    Undo,
}
