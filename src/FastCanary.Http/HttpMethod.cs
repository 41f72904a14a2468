namespace FastCanary.Http;

/// <summary>The methods that something in a proxy depends on. Methods are case-sensitive (RFC 9110 section 9.1): <c>get</c> is <see cref="Other"/>.</summary>
public enum HttpMethod : byte
{
    /// <summary>Any other token; forwarded as it is, and never taken to be idempotent.</summary>
    Other,

    /// <summary>GET, RFC 9110 section 9.3.1.</summary>
    Get,

    /// <summary>HEAD, RFC 9110 section 9.3.2: its response has no body whatever its fields say.</summary>
    Head,

    /// <summary>POST, RFC 9110 section 9.3.3.</summary>
    Post,

    /// <summary>PUT, RFC 9110 section 9.3.4.</summary>
    Put,

    /// <summary>DELETE, RFC 9110 section 9.3.5.</summary>
    Delete,

    /// <summary>OPTIONS, RFC 9110 section 9.3.7.</summary>
    Options,

    /// <summary>TRACE, RFC 9110 section 9.3.8; refused.</summary>
    Trace,

    /// <summary>CONNECT, RFC 9110 section 9.3.6; refused.</summary>
    Connect,

    /// <summary>PATCH, RFC 5789.</summary>
    Patch,
}
