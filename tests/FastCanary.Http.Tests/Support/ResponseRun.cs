using System.Text;

namespace FastCanary.Http.Tests;

/// <summary>Parses a response head however it can arrive, and holds that the outcome is always the same.</summary>
internal static class ResponseRun
{
    internal static (ParseStatus Status, ResponseHead Head) Parse(string text, HttpMethod method = HttpMethod.Get, bool upgrade = false, HeadLimits? limits = null)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        var head = new ResponseHead();
        string? expected = null;
        ParseStatus first = ParseStatus.NeedMore;
        foreach (int[] cut in Cuts.Of(bytes.Length).Reverse())
        {
            head.Reset(limits ?? RequestRun.Limits, method, upgrade);
            ParseStatus status = ParseStatus.NeedMore;
            foreach (int end in cut)
            {
                int before = head.Position;
                status = head.Parse(bytes.AsSpan(0, end).ToArray());
                if (status != ParseStatus.NeedMore) break;
                Assert.InRange(head.Position, Math.Max(before, end - 1), end);
            }

            string outcome = Describe(status, head, text);
            expected ??= outcome;
            Assert.Equal(expected, outcome);
            first = status;
        }

        return (first, head);
    }

    internal static ResponseHead Accepted(string text, HttpMethod method = HttpMethod.Get, bool upgrade = false, HeadLimits? limits = null)
    {
        (ParseStatus status, ResponseHead head) = Parse(text, method, upgrade, limits);
        Assert.Equal((ParseStatus.Done, HttpFault.None), (status, head.Fault));
        return head;
    }

    internal static void Refused(HttpFault fault, string text, HttpMethod method = HttpMethod.Get, bool upgrade = false, HeadLimits? limits = null)
    {
        (ParseStatus status, ResponseHead head) = Parse(text, method, upgrade, limits);
        Assert.Equal((ParseStatus.Invalid, fault), (status, head.Fault));
    }

    internal static string Written(string text, in ResponseForwarding forwarding, HttpMethod method = HttpMethod.Get, bool upgrade = false)
    {
        ResponseHead head = Accepted(text, method, upgrade);
        int max = ResponseHeadWriter.BytesMax(head, forwarding);
        byte[] destination = new byte[max + 8];
        int written = ResponseHeadWriter.Write(head, Encoding.Latin1.GetBytes(text), forwarding, destination.AsSpan(0, max));
        Assert.All(destination[written..], left => Assert.Equal(0, left));
        return Encoding.Latin1.GetString(destination, 0, written);
    }

    internal static string Describe(ParseStatus status, ResponseHead head, string text)
    {
        if (status != ParseStatus.Done) return $"{status} {head.Fault}";
        string fields = string.Join("|", Enumerable.Range(0, head.FieldCount).Select(i => RequestRun.Of(head.FieldNameAt(i), text) + "=" + RequestRun.Of(head.FieldValueAt(i), text)));
        return $"{head.Length} {head.Status} 1.{head.MinorVersion} {RequestRun.Of(head.Reason, text)} interim={head.IsInterim} upgrade={head.IsUpgrade} "
            + $"{head.Framing} {head.ContentLength} keep={head.KeepAlive} {fields}";
    }
}
