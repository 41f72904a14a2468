namespace FastCanary.Proxy;

/// <summary>Where the upload of a request body is that did not arrive together with its head.</summary>
internal enum UploadState : byte
{
    /// <summary>There is none: the request went out whole.</summary>
    None,

    Running,

    /// <summary>All of the body is with the upstream.</summary>
    Done,

    /// <summary>The exchange ended first.</summary>
    Stopped,

    /// <summary>The client reset its connection.</summary>
    ClientGone,

    /// <summary>The client closed in the middle of its body.</summary>
    ClientTruncated,

    /// <summary>The client made no progress in time.</summary>
    ClientTimedOut,

    /// <summary>The body is malformed or over its limit; the exchange's fault says how.</summary>
    Refused,

    /// <summary>The upstream takes no more; what it answered may still be there to read.</summary>
    UpstreamClosed,

    /// <summary>The upstream took nothing for too long.</summary>
    UpstreamStalled,
}
