namespace FastCanary.Transport;

/// <summary>Why a connection broke or could not be made.</summary>
public enum ConnectionFailure : byte
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The peer refused it (no listener).</summary>
    Refused,

    /// <summary>No route, or the network is down.</summary>
    Unreachable,

    /// <summary>The kernel gave up waiting for the peer.</summary>
    TimedOut,

    /// <summary>The peer reset it.</summary>
    Reset,

    /// <summary>The peer closed while bytes were still to be sent to it.</summary>
    Closed,

    /// <summary>This process is out of descriptors, ports or memory.</summary>
    OutOfResources,

    /// <summary>Anything else.</summary>
    Other,
}
