namespace FastCanary.Proxy;

/// <summary>How an exchange ended: who failed, and in which direction.</summary>
public enum ExchangeOutcome : byte
{
    /// <summary>A complete response of the upstream was relayed.</summary>
    Completed,

    /// <summary>FastCanary answered by itself: no route, a refused method.</summary>
    Answered,

    /// <summary>The request was malformed or over a limit; refused.</summary>
    RequestRefused,

    /// <summary>The client was too slow with its request.</summary>
    RequestTimedOut,

    /// <summary>The client went away before its response was complete.</summary>
    ClientGone,

    /// <summary>The client did not take its response.</summary>
    ClientStalled,

    /// <summary>No connection to the endpoint.</summary>
    ConnectFailed,

    /// <summary>No connection within the time-out.</summary>
    ConnectTimedOut,

    /// <summary>The upstream closed or reset before its response began.</summary>
    ResponseMissing,

    /// <summary>The upstream did not begin its response in time, or did not take the request.</summary>
    ResponseTimedOut,

    /// <summary>The upstream's response cannot be read in one way only.</summary>
    ResponseMalformed,

    /// <summary>The upstream's response ended too early; the client was told by the end of its connection.</summary>
    ResponseTruncated,

    /// <summary>The connection became a tunnel, which has ended.</summary>
    Tunnelled,

    /// <summary>Every endpoint has its most connections, and as many as may wait for one, wait.</summary>
    QueueFull,

    /// <summary>No connection to an endpoint became free in time.</summary>
    QueueTimedOut,

    /// <summary>A fault drill answered.</summary>
    FaultInjected,

    /// <summary>A bug: an exception where none belongs.</summary>
    InternalError,
}
