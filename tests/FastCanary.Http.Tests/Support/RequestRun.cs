using System.Text;

namespace FastCanary.Http.Tests;

/// <summary>Parses a request head however it can arrive, and holds that the outcome is always the same.</summary>
internal static class RequestRun
{
    internal static readonly HeadLimits Limits = new(LineBytesMax: 16 * 1024, HeadBytesMax: 32 * 1024, FieldsMax: 100);

    internal static readonly string[] HostField = ["Host: t.test"];

    /// <summary>A head of these lines, with CRLFs.</summary>
    internal static string Text(string line, params string[] fields) => line + "\r\n" + string.Concat(fields.Select(field => field + "\r\n")) + "\r\n";

    internal static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    internal static string Of(ByteRange range, string text) => text.Substring(range.Start, range.Length);

    internal static (ParseStatus Status, RequestHead Head) Parse(string text, HeadLimits? limits = null)
    {
        byte[] bytes = Bytes(text);
        var head = new RequestHead();
        string? expected = null;
        ParseStatus first = ParseStatus.NeedMore;
        foreach (int[] cut in Cuts.Of(bytes.Length).Reverse())
        {
            // The same object again: what a message leaves behind must not show in the next.
            head.Reset(limits ?? Limits);
            ParseStatus status = Feed(head, bytes, cut);
            string outcome = Describe(status, head, text);
            expected ??= outcome;
            Assert.Equal(expected, outcome);
            first = status;
        }

        return (first, head);
    }

    internal static RequestHead Accepted(string text, HeadLimits? limits = null)
    {
        (ParseStatus status, RequestHead head) = Parse(text, limits);
        Assert.Equal((ParseStatus.Done, HttpFault.None), (status, head.Fault));
        return head;
    }

    internal static void Refused(HttpFault fault, string text, HeadLimits? limits = null)
    {
        (ParseStatus status, RequestHead head) = Parse(text, limits);
        Assert.Equal((ParseStatus.Invalid, fault), (status, head.Fault));
    }

    internal static ParseStatus Feed(RequestHead head, byte[] bytes, IEnumerable<int> ends)
    {
        ParseStatus status = ParseStatus.NeedMore;
        foreach (int end in ends)
        {
            // Short heads move in memory between calls, as a receive buffer may.
            ReadOnlySpan<byte> arrived = bytes.Length < 2048 ? bytes.AsSpan(0, end).ToArray() : bytes.AsSpan(0, end);
            status = head.Parse(arrived);
            if (status != ParseStatus.NeedMore) break;
        }

        return status;
    }

    internal static string Describe(ParseStatus status, RequestHead head, string text)
    {
        if (status != ParseStatus.Done) return $"{status} {head.Fault} {head.HasStarted}";
        string fields = string.Join("|", Enumerable.Range(0, head.FieldCount).Select(i => Of(head.FieldNameAt(i), text) + "=" + Of(head.FieldValueAt(i), text)));
        return $"{head.Length} {head.Method} {Of(head.MethodName, text)} {Of(head.Target, text)} path={Of(head.Path, text)} query={Of(head.Query, text)} "
            + $"for={Of(head.Authority, text)} 1.{head.MinorVersion} {head.Framing} {head.ContentLength} keep={head.KeepAlive} expect={head.ExpectsContinue} "
            + $"upgrade={head.WantsUpgrade} hops={head.MaxForwards} trailer={head.HasTrailerField} id={Of(head.RequestIdValue, text)} {fields}";
    }
}
