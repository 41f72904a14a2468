namespace FastCanary.Http;

/// <summary>How the end of a message's body is found (RFC 9112 section 6.3).</summary>
public enum BodyFraming : byte
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>As many bytes as Content-Length says; that can be zero.</summary>
    Length,

    /// <summary>The chunked transfer coding (RFC 9112 section 7.1).</summary>
    Chunked,

    /// <summary>Responses only: all bytes up to the end of the connection.</summary>
    UntilClose,
}
