namespace FastCanary.Http;

/// <summary>How a fault is told to a client.</summary>
public static class HttpFaults
{
    /// <summary>The status a request with this fault is answered with: 400, 405, 413, 414, 417, 431, 501 or 505; 502 for faults that only responses have.</summary>
    public static int StatusOf(HttpFault fault) => fault switch
    {
        HttpFault.MethodNotAllowed => 405,
        HttpFault.BodyTooLarge => 413,
        HttpFault.TargetTooLong => 414,
        HttpFault.BadExpectation => 417,
        HttpFault.HeadTooLarge or HttpFault.TooManyFields => 431,
        HttpFault.UnsupportedTransferCoding => 501,
        HttpFault.BadStatusLine or HttpFault.BadUpgrade or HttpFault.FramedInterimResponse => 502,
        HttpFault.UnsupportedVersion => 505,
        _ => 400,
    };

    /// <summary>One short ASCII sentence without a line end, for the body of the error answer. It never repeats bytes of the request.</summary>
    public static ReadOnlySpan<byte> TextOf(HttpFault fault) => fault switch
    {
        HttpFault.BadRequestLine => "The request line is malformed."u8,
        HttpFault.BadMethod => "The method is not a token."u8,
        HttpFault.BadTarget => "The request target is malformed."u8,
        HttpFault.UnsupportedVersion => "Only HTTP/1.x is spoken here."u8,
        HttpFault.BadFieldName => "A field name is malformed."u8,
        HttpFault.WhitespaceBeforeColon => "White space stands before a field's colon."u8,
        HttpFault.WhitespaceBeforeField => "White space stands before the first field."u8,
        HttpFault.ObsoleteFold => "A field value is folded over several lines."u8,
        HttpFault.BareCr => "A CR stands without its LF."u8,
        HttpFault.BareLf => "An LF stands without its CR."u8,
        HttpFault.NulByte => "The head contains a NUL byte."u8,
        HttpFault.BadFieldValue => "A field value contains a control character."u8,
        HttpFault.MissingHost => "The Host field is missing."u8,
        HttpFault.RepeatedHost => "There is more than one Host field."u8,
        HttpFault.BadHost => "The host is malformed."u8,
        HttpFault.BadContentLength => "The Content-Length is malformed."u8,
        HttpFault.RepeatedContentLength => "There is more than one Content-Length."u8,
        HttpFault.LengthAndTransferEncoding => "Content-Length and Transfer-Encoding exclude each other."u8,
        HttpFault.BadTransferEncoding => "The Transfer-Encoding is malformed."u8,
        HttpFault.UnsupportedTransferCoding => "The only transfer coding understood is chunked."u8,
        HttpFault.TransferEncodingInHttp10 => "HTTP/1.0 has no Transfer-Encoding."u8,
        HttpFault.TooManyConnectionOptions => "The Connection field has too many options."u8,
        HttpFault.BadMaxForwards => "The Max-Forwards field is malformed."u8,
        HttpFault.BadChunkSize => "A chunk size is malformed."u8,
        HttpFault.BadChunkExtension => "A chunk extension is malformed or too long."u8,
        HttpFault.BadChunkEnd => "A chunk does not end in CRLF."u8,
        HttpFault.BadTrailer => "A trailer field is malformed."u8,
        HttpFault.ForbiddenTrailer => "A trailer field is not allowed there."u8,
        HttpFault.TargetTooLong => "The request line is too long."u8,
        HttpFault.HeadTooLarge => "The header or trailer section is too large."u8,
        HttpFault.TooManyFields => "There are too many header fields."u8,
        HttpFault.BodyTooLarge => "The body is too large."u8,
        HttpFault.BadExpectation => "The only expectation met is 100-continue."u8,
        HttpFault.MethodNotAllowed => "The method is not allowed."u8,
        HttpFault.BadStatusLine => "The upstream's status line is malformed."u8,
        HttpFault.BadUpgrade => "The upstream switched protocols unasked."u8,
        HttpFault.FramedInterimResponse => "The upstream's interim response has a body."u8,
        _ => default,
    };
}
