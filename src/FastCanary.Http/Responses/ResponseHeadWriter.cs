namespace FastCanary.Http;

/// <summary>
/// Writes a parsed response head as it goes to the client: HTTP/1.1, hop-by-hop fields removed, framed for the client (RFC 9110 section 7.6).
/// Kept lines are copied byte for byte, in runs; lines of the proxy's own come last. Serves final responses, interim ones and the 101.
/// </summary>
public static class ResponseHeadWriter
{
    /// <summary>More than all constant text that can be added: it is 137 bytes.</summary>
    private const int OwnBytesMax = 160;

    /// <summary>What never passes towards a client: hop-by-hop fields, and the mark that FastCanary alone makes.</summary>
    private static readonly FieldSet AlwaysDropped = FieldSet.HopByHop.With(FieldName.XCanaryRescued);

    /// <summary>An upper bound, in bytes, of what <see cref="Write"/> needs.</summary>
    public static int BytesMax(ResponseHead head, in ResponseForwarding f) =>
        head.Length + f.VersionName.Length + f.Date.Length + f.RequestId.Length + f.OwnFields.Length + OwnBytesMax;

    /// <summary>Writes the head, its final CRLF included, and says how many bytes it took.</summary>
    /// <param name="head">A head whose parsing is done.</param>
    /// <param name="buffer">The bytes it was parsed from.</param>
    /// <param name="f">How it goes on.</param>
    /// <param name="destination">At least <see cref="BytesMax"/> bytes, apart from <paramref name="buffer"/>.</param>
    public static int Write(ResponseHead head, ReadOnlySpan<byte> buffer, in ResponseForwarding f, Span<byte> destination)
    {
        var to = new HeadBuffer(destination);
        to.Append("HTTP/1.1 "u8);
        to.AppendDecimal(head.Status);
        to.Append(ByteSets.Space);
        to.Append(head.Reason.Of(buffer));
        to.Append("\r\n"u8);
        head.Fields.CopyExcept(Dropped(head, f), buffer, ref to);
        to.Append(head.MinorVersion == 1 ? "Via: 1.1 fastcanary\r\n"u8 : "Via: 1.0 fastcanary\r\n"u8);
        AppendField("X-Canary-Version: "u8, f.VersionName, ref to);
        if (!head.IsInterim)
        {
            if (!head.Fields.Present.Has(FieldName.Date)) AppendField("Date: "u8, f.Date, ref to);
            AppendField("X-Request-ID: "u8, f.RequestId, ref to);
            if (!f.OwnFields.IsEmpty) to.Append(f.OwnFields);
        }

        to.Append(ConnectionLine(head, f));
        to.Append(f.Framing == BodyFraming.Chunked && head.Status >= 200 ? "Transfer-Encoding: chunked\r\n\r\n"u8 : "\r\n"u8);
        return to.Length;
    }

    private static FieldSet Dropped(ResponseHead head, in ResponseForwarding f)
    {
        FieldSet dropped = AlwaysDropped;
        if (head.IsUpgrade) dropped = dropped.Without(FieldName.Upgrade);
        if (!f.VersionName.IsEmpty) dropped = dropped.With(FieldName.XCanaryVersion);
        if (!f.RequestId.IsEmpty) dropped = dropped.With(FieldName.XRequestId);
        bool keepsLength = f.Framing == BodyFraming.Length || (f.Framing == BodyFraming.None && head.Status is >= 200 and not 204);
        return keepsLength ? dropped : dropped.With(FieldName.ContentLength);
    }

    private static void AppendField(ReadOnlySpan<byte> nameAndColon, ReadOnlySpan<byte> value, ref HeadBuffer to)
    {
        if (value.IsEmpty) return;
        to.Append(nameAndColon);
        to.Append(value);
        to.Append("\r\n"u8);
    }

    private static ReadOnlySpan<byte> ConnectionLine(ResponseHead head, in ResponseForwarding f)
    {
        if (head.IsUpgrade) return "Connection: Upgrade\r\n"u8;
        if (head.IsInterim) return default;
        if (f.Close || f.Framing == BodyFraming.UntilClose) return "Connection: close\r\n"u8;
        return f.ClientMinorVersion == 0 ? "Connection: keep-alive\r\n"u8 : default;
    }
}
