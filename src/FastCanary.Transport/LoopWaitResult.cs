namespace FastCanary.Transport;

/// <summary>How a <see cref="LoopWait"/> ended.</summary>
public enum LoopWaitResult : byte
{
    /// <summary>It has not.</summary>
    None,

    /// <summary><see cref="LoopWait.Signal"/> was called.</summary>
    Signalled,

    /// <summary>Its time is up.</summary>
    TimedOut,

    /// <summary>The connection on whose behalf it waited hung up, or the loop ends.</summary>
    Cancelled,
}
