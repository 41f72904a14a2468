namespace FastCanary.Http;

/// <summary>Reason phrases of the statuses that FastCanary itself answers with (RFC 9110 section 15, RFC 6585).</summary>
public static class ReasonPhrase
{
    /// <summary>The phrase; empty for a status that FastCanary does not answer with.</summary>
    /// <param name="status">100 to 999.</param>
    public static ReadOnlySpan<byte> Of(int status) => status switch
    {
        200 => "OK"u8,
        204 => "No Content"u8,
        400 => "Bad Request"u8,
        401 => "Unauthorized"u8,
        403 => "Forbidden"u8,
        404 => "Not Found"u8,
        405 => "Method Not Allowed"u8,
        408 => "Request Timeout"u8,
        409 => "Conflict"u8,
        413 => "Content Too Large"u8,
        414 => "URI Too Long"u8,
        415 => "Unsupported Media Type"u8,
        417 => "Expectation Failed"u8,
        421 => "Misdirected Request"u8,
        422 => "Unprocessable Content"u8,
        429 => "Too Many Requests"u8,
        431 => "Request Header Fields Too Large"u8,
        500 => "Internal Server Error"u8,
        501 => "Not Implemented"u8,
        502 => "Bad Gateway"u8,
        503 => "Service Unavailable"u8,
        504 => "Gateway Timeout"u8,
        505 => "HTTP Version Not Supported"u8,
        // The phrase may be empty (RFC 9112 section 4).
        _ => default,
    };
}
