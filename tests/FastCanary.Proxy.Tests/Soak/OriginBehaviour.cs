namespace FastCanary.Proxy.Tests.Soak;

/// <summary>What an origin does with a request; named in its path, so that the client knows what to expect.</summary>
internal enum OriginBehaviour
{
    Length,
    ChunkedLarge,
    ChunkedTiny,
    UntilClose,

    /// <summary>An HTTP/1.0 response with a length.</summary>
    Http10,

    /// <summary>An HTTP/1.0 response that ends with its connection.</summary>
    Http10UntilClose,

    /// <summary>A 103 before the final response.</summary>
    Interim,

    /// <summary>Closes behind its response, and says so.</summary>
    CloseAnnounced,

    /// <summary>Closes behind its response without a word: whoever uses the connection next finds it dead.</summary>
    CloseSilent,

    /// <summary>Ends in order, but too early.</summary>
    Truncated,

    /// <summary>Resets the connection in the body, or before the head.</summary>
    Reset,

    /// <summary>413 without reading the body; then reads on until the proxy has gone.</summary>
    EarlyAnswer,

    /// <summary>413 without reading the body, and closes at once: the reset for what was not read may overtake the answer.</summary>
    EarlyAnswerAbrupt,
}
