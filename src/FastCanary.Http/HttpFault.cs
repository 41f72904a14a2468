namespace FastCanary.Http;

/// <summary>
/// Why a message is refused: one member per cause that can be told apart.
/// A request is answered with <see cref="HttpFaults.StatusOf"/>; a response with any fault becomes a 502. Either way the connection it came on is closed,
/// because where the next message begins is no longer known.
/// </summary>
public enum HttpFault : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>Not exactly method SP target SP version (RFC 9112 section 3), or too many empty lines before it (section 2.2).</summary>
    BadRequestLine,

    /// <summary>The method is not a token (RFC 9110 section 9.1).</summary>
    BadMethod,

    /// <summary>The target has bytes outside RFC 3986, or a form that the method does not allow (RFC 9112 section 3.2).</summary>
    BadTarget,

    /// <summary>A well-formed version that is not HTTP/1.x (RFC 9112 section 2.3).</summary>
    UnsupportedVersion,

    /// <summary>An empty field name, one that is not a token, or a field line without a colon (RFC 9112 section 5).</summary>
    BadFieldName,

    /// <summary>White space between a field name and its colon (RFC 9112 section 5.1).</summary>
    WhitespaceBeforeColon,

    /// <summary>White space between the start line and the first field (RFC 9112 section 2.2).</summary>
    WhitespaceBeforeField,

    /// <summary>A field value folded over several lines (RFC 9112 section 5.2).</summary>
    ObsoleteFold,

    /// <summary>A CR that no LF follows (RFC 9112 section 2.2).</summary>
    BareCr,

    /// <summary>An LF that no CR precedes (RFC 9112 section 2.2).</summary>
    BareLf,

    /// <summary>A NUL anywhere in a head (RFC 9110 section 5.5).</summary>
    NulByte,

    /// <summary>A control byte other than HTAB in a field value (RFC 9110 section 5.5).</summary>
    BadFieldValue,

    /// <summary>An HTTP/1.1 request without Host (RFC 9112 section 3.2).</summary>
    MissingHost,

    /// <summary>More than one Host field line (RFC 9112 section 3.2).</summary>
    RepeatedHost,

    /// <summary>A Host value or authority that is not uri-host [":" port] (RFC 9112 section 3.2).</summary>
    BadHost,

    /// <summary>A Content-Length that is not 1 to 19 digits within the range of a signed 64-bit number (RFC 9110 section 8.6).</summary>
    BadContentLength,

    /// <summary>More than one Content-Length, identical or not, as lines or as a list (RFC 9110 section 8.6).</summary>
    RepeatedContentLength,

    /// <summary>Content-Length together with Transfer-Encoding (RFC 9112 section 6.1).</summary>
    LengthAndTransferEncoding,

    /// <summary>A Transfer-Encoding that does not end in exactly one chunked, or comes in several lines (RFC 9112 section 6.1).</summary>
    BadTransferEncoding,

    /// <summary>A well-formed Transfer-Encoding with a coding before the final chunked (RFC 9112 section 6.1).</summary>
    UnsupportedTransferCoding,

    /// <summary>Transfer-Encoding in an HTTP/1.0 message (RFC 9112 section 6.1).</summary>
    TransferEncodingInHttp10,

    /// <summary>More connection options than <see cref="ConnectionOptions.NominationsMax"/> name fields (a bound of FastCanary's own).</summary>
    TooManyConnectionOptions,

    /// <summary>A Max-Forwards on OPTIONS that is repeated or not a number (RFC 9110 section 7.6.2).</summary>
    BadMaxForwards,

    /// <summary>A chunk size that is not 1 to 16 hexadecimal digits, or beyond a signed 64-bit number (RFC 9112 section 7.1).</summary>
    BadChunkSize,

    /// <summary>A malformed chunk extension, or far more extension than data (RFC 9112 section 7.1.1).</summary>
    BadChunkExtension,

    /// <summary>A chunk-size line, chunk data or a chunked body that does not end in CRLF (RFC 9112 section 7.1).</summary>
    BadChunkEnd,

    /// <summary>A malformed trailer field line (RFC 9112 section 7.1.2).</summary>
    BadTrailer,

    /// <summary>A trailer field that may only stand in a header section (RFC 9110 section 6.5.1).</summary>
    ForbiddenTrailer,

    /// <summary>The request line exceeds <see cref="HeadLimits.LineBytesMax"/>.</summary>
    TargetTooLong,

    /// <summary>The head or the trailer section exceeds its limit (RFC 6585 section 5).</summary>
    HeadTooLarge,

    /// <summary>The head has more fields than <see cref="HeadLimits.FieldsMax"/> (RFC 6585 section 5).</summary>
    TooManyFields,

    /// <summary>The body exceeds the configured limit; found by the caller, never by a parser of this project.</summary>
    BodyTooLarge,

    /// <summary>An Expect other than 100-continue (RFC 9110 section 10.1.1).</summary>
    BadExpectation,

    /// <summary>CONNECT or TRACE (RFC 9110 sections 9.3.6 and 9.3.8).</summary>
    MethodNotAllowed,

    /// <summary>Not exactly HTTP/1.x SP 3DIGIT [SP reason] with a status from 100 to 599 (RFC 9112 section 4).</summary>
    BadStatusLine,

    /// <summary>A 101 that the request did not ask for, or without the fields that say what the connection becomes (RFC 9110 section 15.2.2).</summary>
    BadUpgrade,

    /// <summary>An interim response with a body's framing (RFC 9112 section 6.1, RFC 9110 section 8.6).</summary>
    FramedInterimResponse,
}
