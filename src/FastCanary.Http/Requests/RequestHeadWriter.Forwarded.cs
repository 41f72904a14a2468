namespace FastCanary.Http;

/// <content>The Forwarded field (RFC 7239). No by parameter: it would tell the origin about the proxy, not about the client.</content>
public static partial class RequestHeadWriter
{
    private static void WriteForwarded(RequestHead head, ReadOnlySpan<byte> buffer, in RequestForwarding f, ref HeadBuffer to)
    {
        to.Append("Forwarded: "u8);
        if (f.Forwarded == ForwardedTreatment.Append && head.Fields.Present.Has(FieldName.Forwarded)) AppendReceivedElements(head, buffer, ref to);
        AppendNode(f.ClientAddress, ref to);
        if (!head.Authority.IsEmpty) AppendHost(head.Authority.Of(buffer), ref to);
        to.Append(";proto=http\r\n"u8);
    }

    /// <summary>A line whose quoted string never ends is left out: it would swallow the element behind it.</summary>
    private static void AppendReceivedElements(RequestHead head, ReadOnlySpan<byte> buffer, ref HeadBuffer to)
    {
        foreach (ref readonly FieldLine line in head.Fields.Lines)
        {
            if (line.Name != FieldName.Forwarded || line.ValueLength == 0) continue;
            ReadOnlySpan<byte> value = line.Value.Of(buffer);
            if (!EndsQuotedStrings(value)) continue;
            to.Append(value);
            to.Append(", "u8);
        }
    }

    /// <summary>An IPv6 address stands in brackets, and with them in quotes (RFC 7239 section 6).</summary>
    private static void AppendNode(ReadOnlySpan<byte> address, ref HeadBuffer to)
    {
        bool isIpv6 = address.Contains((byte)':');
        to.Append(isIpv6 ? "for=\"["u8 : "for="u8);
        to.Append(address);
        if (isIpv6) to.Append("]\""u8);
    }

    /// <summary>Quoted unless it is a token, as with a port (RFC 7239 section 4). A valid authority has no byte that a quoted string would escape.</summary>
    private static void AppendHost(ReadOnlySpan<byte> authority, ref HeadBuffer to)
    {
        bool isToken = ByteSets.IsToken(authority);
        to.Append(isToken ? ";host="u8 : ";host=\""u8);
        to.Append(authority);
        if (!isToken) to.Append((byte)'"');
    }

    /// <summary>Whether every quoted string in the value comes to its end (RFC 9110 section 5.6.4).</summary>
    private static bool EndsQuotedStrings(ReadOnlySpan<byte> value)
    {
        bool isQuoted = false;
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] == (byte)'"') isQuoted = !isQuoted;
            else if (isQuoted && value[i] == (byte)'\\') i++;
        }

        return !isQuoted;
    }
}
