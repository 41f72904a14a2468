namespace FastCanary.Http;

/// <summary>
/// Writes a parsed request head as it goes upstream: HTTP/1.1, origin-form, hop-by-hop fields removed (RFC 9110 section 7.6).
/// Kept lines are copied byte for byte, in runs; lines of the proxy's own come last.
/// </summary>
public static partial class RequestHeadWriter
{
    /// <summary>More than all constant text that can be added: it is 221 bytes.</summary>
    private const int OwnBytesMax = 256;

    /// <summary>What never passes towards an origin: hop-by-hop fields, X-Forwarded-For, which is always written anew, and the marks that FastCanary alone makes.</summary>
    private static readonly FieldSet AlwaysDropped =
        FieldSet.HopByHop.With(FieldName.XForwardedFor).With(FieldName.XCanaryRescued).With(FieldName.XCanaryMirrored);

    /// <summary>An upper bound, in bytes, of what <see cref="Write"/> needs.</summary>
    public static int BytesMax(RequestHead head, in RequestForwarding f) =>
        head.Length + (3 * head.Authority.Length) + (2 * f.ClientAddress.Length) + f.FallbackHost.Length + f.RequestId.Length + f.OwnFields.Length + OwnBytesMax;

    /// <summary>Writes the head, its final CRLF included, and says how many bytes it took. The body follows with the framing it came with.</summary>
    /// <param name="head">A head whose parsing is done.</param>
    /// <param name="buffer">The bytes it was parsed from.</param>
    /// <param name="f">What is added.</param>
    /// <param name="destination">At least <see cref="BytesMax"/> bytes, apart from <paramref name="buffer"/>.</param>
    public static int Write(RequestHead head, ReadOnlySpan<byte> buffer, in RequestForwarding f, Span<byte> destination)
    {
        var to = new HeadBuffer(destination);
        WriteLine(head, buffer, ref to);
        WriteHost(head, buffer, f, ref to);
        head.Fields.CopyExcept(Dropped(head, f), buffer, ref to);
        if (head.MaxForwards > 0)
        {
            to.Append("Max-Forwards: "u8);
            to.AppendDecimal(head.MaxForwards - 1);
            to.Append("\r\n"u8);
        }

        to.Append(head.MinorVersion == 1 ? "Via: 1.1 fastcanary\r\n"u8 : "Via: 1.0 fastcanary\r\n"u8);
        WriteXForwarded(head, buffer, f, ref to);
        if (f.Forwarded >= ForwardedTreatment.Append) WriteForwarded(head, buffer, f, ref to);
        if (!f.RequestId.IsEmpty) WriteRequestId(f.RequestId, ref to);
        if (!f.OwnFields.IsEmpty) to.Append(f.OwnFields);
        if (head.WantsUpgrade) to.Append("Connection: Upgrade\r\n"u8);
        to.Append(head.Framing == BodyFraming.Chunked ? "Transfer-Encoding: chunked\r\n\r\n"u8 : "\r\n"u8);
        return to.Length;
    }

    private static void WriteLine(RequestHead head, ReadOnlySpan<byte> buffer, ref HeadBuffer to)
    {
        int start = head.MethodName.Start;
        if (!head.IsAbsoluteForm)
        {
            // Method, SP, target and SP in one copy.
            to.Append(buffer[start..(head.Target.End + 1)]);
        }
        else
        {
            to.Append(buffer[start..head.Target.Start]);
            ReadOnlySpan<byte> rest = buffer[head.TargetAuthority.End..head.Target.End];
            if (rest.IsEmpty) to.Append(head.Method == HttpMethod.Options ? "*"u8 : "/"u8);
            else if (rest[0] == (byte)'?') to.Append((byte)'/');
            to.Append(rest);
            to.Append(ByteSets.Space);
        }

        to.Append("HTTP/1.1\r\n"u8);
    }

    /// <summary>Writes a Host where the received one is replaced by the target's authority (RFC 9112 section 3.2.2) or missing.</summary>
    private static void WriteHost(RequestHead head, ReadOnlySpan<byte> buffer, in RequestForwarding f, ref HeadBuffer to)
    {
        if (!head.IsAbsoluteForm && !head.Authority.IsEmpty) return;
        to.Append("Host: "u8);
        to.Append(head.IsAbsoluteForm ? head.TargetAuthority.Of(buffer) : f.FallbackHost);
        to.Append("\r\n"u8);
    }

    private static FieldSet Dropped(RequestHead head, in RequestForwarding f)
    {
        FieldSet dropped = AlwaysDropped;
        if (!f.TrustForwarded) dropped = dropped.Union(FieldSet.XForwarded);
        if (f.Forwarded != ForwardedTreatment.Keep) dropped = dropped.With(FieldName.Forwarded);
        if (!f.RequestId.IsEmpty) dropped = dropped.With(FieldName.XRequestId);
        if (head.WantsUpgrade) dropped = dropped.Without(FieldName.Upgrade);
        if (head.IsAbsoluteForm) dropped = dropped.With(FieldName.Host);
        if (head.MaxForwards >= 0) dropped = dropped.With(FieldName.MaxForwards);
        if (head.MinorVersion == 0) dropped = dropped.With(FieldName.Expect);
        return dropped;
    }

    private static void WriteXForwarded(RequestHead head, ReadOnlySpan<byte> buffer, in RequestForwarding f, ref HeadBuffer to)
    {
        FieldSet present = f.TrustForwarded ? head.Fields.Present : default;
        if (!present.Has(FieldName.XForwardedProto)) to.Append("X-Forwarded-Proto: http\r\n"u8);
        if (!present.Has(FieldName.XForwardedHost) && !head.Authority.IsEmpty)
        {
            to.Append("X-Forwarded-Host: "u8);
            to.Append(head.Authority.Of(buffer));
            to.Append("\r\n"u8);
        }

        to.Append("X-Forwarded-For: "u8);
        if (present.Has(FieldName.XForwardedFor)) AppendReceivedFor(head, buffer, ref to);
        to.Append(f.ClientAddress);
        to.Append("\r\n"u8);
    }

    private static void WriteRequestId(ReadOnlySpan<byte> id, ref HeadBuffer to)
    {
        to.Append("X-Request-ID: "u8);
        to.Append(id);
        to.Append("\r\n"u8);
    }

    private static void AppendReceivedFor(RequestHead head, ReadOnlySpan<byte> buffer, ref HeadBuffer to)
    {
        foreach (ref readonly FieldLine line in head.Fields.Lines)
        {
            if (line.Name != FieldName.XForwardedFor || line.ValueLength == 0) continue;
            to.Append(line.Value.Of(buffer));
            to.Append(", "u8);
        }
    }
}
