namespace FastCanary.Http;

/// <summary>Answers of FastCanary's own: a status, a short text, and always a length and a Date.</summary>
public static class OwnResponse
{
    /// <summary>A longer text is cut.</summary>
    public const int TextBytesMax = 200;

    /// <summary>More than all text but the request's ID: it is 421 bytes at most.</summary>
    private const int OwnBytesMax = 512;

    /// <summary>An upper bound, in bytes, of what <see cref="Write"/> needs.</summary>
    public static int BytesMax(ReadOnlySpan<byte> requestId) => OwnBytesMax + requestId.Length;

    /// <summary>Writes the whole response and says how many bytes it took. A 405 names the methods that are served (RFC 9110 section 15.5.6).</summary>
    /// <param name="status">100 to 999; one without a known reason phrase gets none.</param>
    /// <param name="text">The body, ASCII without a line end, which is added; empty: a response without content.</param>
    /// <param name="date">An IMF-fixdate, <see cref="HttpDate.Bytes"/> bytes.</param>
    /// <param name="requestId">The value of X-Request-ID; empty: the field is not written.</param>
    /// <param name="close">Whether the connection ends with this answer.</param>
    /// <param name="headOnly">Whether it answers a HEAD: the length is told, the body left out.</param>
    /// <param name="destination">At least <see cref="BytesMax"/> of the ID bytes.</param>
    public static int Write(int status, ReadOnlySpan<byte> text, ReadOnlySpan<byte> date, ReadOnlySpan<byte> requestId, bool close, bool headOnly, Span<byte> destination)
    {
        var to = new HeadBuffer(destination);
        if (text.Length > TextBytesMax) text = text[..TextBytesMax];
        to.Append("HTTP/1.1 "u8);
        to.AppendDecimal(status);
        to.Append(ByteSets.Space);
        to.Append(ReasonPhrase.Of(status));
        to.Append("\r\nDate: "u8);
        to.Append(date);
        if (!requestId.IsEmpty)
        {
            to.Append("\r\nX-Request-ID: "u8);
            to.Append(requestId);
        }

        if (status == 405) to.Append("\r\nAllow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH"u8);
        if (!text.IsEmpty) to.Append("\r\nContent-Type: text/plain"u8);
        to.Append("\r\nContent-Length: "u8);
        to.AppendDecimal(text.IsEmpty ? 0 : text.Length + 1);
        if (close) to.Append("\r\nConnection: close"u8);
        to.Append("\r\n\r\n"u8);
        if (!headOnly && !text.IsEmpty)
        {
            to.Append(text);
            to.Append(ByteSets.Lf);
        }

        return to.Length;
    }
}
