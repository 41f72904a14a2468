using FsCheck;
using FsCheck.Fluent;
using static FastCanary.Http.Tests.Requests.RequestPropertyTests;

namespace FastCanary.Http.Tests.Responses;

/// <summary>The parser and the writer against a plain reading of the same bytes.</summary>
public sealed class ResponsePropertyTests
{
    private static readonly (HttpMethod Method, bool Upgrade)[] Exchanges = [(HttpMethod.Get, false), (HttpMethod.Get, true), (HttpMethod.Head, false)];

    [Fact]
    public void The_parser_agrees_with_a_plain_reading_of_the_grammar() => Hold(Heads.Responses, text =>
    {
        foreach ((HttpMethod method, bool upgrade) in Exchanges)
        {
            ReferenceResponse? plain = ReferenceResponse.Read(text, method, upgrade);
            (ParseStatus status, ResponseHead head) = ResponseRun.Parse(text, method, upgrade);
            // A mutated Upgrade is where the plain reading is too plain.
            if (head.Fault == HttpFault.BadUpgrade || (plain is null && head.IsUpgrade)) continue;
            Assert.Equal(plain is not null, status == ParseStatus.Done);
            if (plain is null) continue;
            Assert.Equal((plain.Status, plain.MinorVersion, plain.Framing, plain.ContentLength, plain.KeepAlive),
                (head.Status, head.MinorVersion, head.Framing, head.ContentLength, head.KeepAlive));
        }
    });

    [Fact]
    public void What_is_written_has_one_reading_and_it_is_that_of_the_received_head() => Hold(Heads.Responses, text =>
    {
        foreach ((HttpMethod method, bool upgrade) in Exchanges)
        {
            (ParseStatus status, ResponseHead head) = ResponseRun.Parse(text, method, upgrade);
            if (status != ParseStatus.Done) continue;
            var forwarding = new ResponseForwarding { ClientMinorVersion = 1, Framing = head.Framing, Close = head.Framing == BodyFraming.UntilClose };
            string written = ResponseRun.Written(text, forwarding, method, upgrade);
            ReferenceResponse? sent = ReferenceResponse.Read(written, method, upgrade);
            if (sent is null && head.IsUpgrade) continue;
            Assert.NotNull(sent);
            Assert.Equal((head.Status, 1, head.Framing, head.ContentLength), (sent.Status, sent.MinorVersion, sent.Framing, sent.ContentLength));
            if (!head.IsUpgrade) Assert.Equal(head.Framing != BodyFraming.UntilClose, sent.KeepAlive);
            if (sent.Status is < 200 or 204)
            {
                Assert.Empty(ReferenceFields.Values(sent.Fields, "content-length"));
                Assert.Empty(ReferenceFields.Values(sent.Fields, "transfer-encoding"));
            }

            foreach (string name in new[] { "keep-alive", "proxy-connection", "te", "http2-settings", "content_length", "transfer_encoding" })
                Assert.Empty(ReferenceFields.Values(sent.Fields, name));
        }
    });

    [Fact]
    public void What_is_written_fits_its_bound_and_says_what_it_was_told_to() => Hold(
        from text in Heads.Responses
        from id in Gen.Elements("", "i", new string('i', 700))
        from own in Gen.Elements("", "X-Own: 1\r\n", "X-Canary-Rescued: own\r\nX-Own: " + new string('o', 700) + "\r\n")
        from version in Gen.Elements("", "v", new string('v', 700))
        from rest in Gen.Choose(0, 3)
        select (text, id, own, version, minor: rest & 1, closes: (rest & 2) != 0),
        given =>
        {
            foreach ((HttpMethod method, bool upgrade) in Exchanges)
            {
                (ParseStatus status, ResponseHead head) = ResponseRun.Parse(given.text, method, upgrade);
                if (status != ParseStatus.Done) continue;
                var forwarding = new ResponseForwarding
                {
                    ClientMinorVersion = given.minor,
                    Framing = head.Framing,
                    Close = given.closes,
                    RequestId = RequestRun.Bytes(given.id),
                    OwnFields = RequestRun.Bytes(given.own),
                    VersionName = RequestRun.Bytes(given.version),
                    Date = "Sun, 06 Nov 1994 08:49:37 GMT"u8,
                };
                string written = ResponseRun.Written(given.text, forwarding, method, upgrade);
                List<ReferenceFields.Field> sent = Fields(written);
                List<string> expected = given.id.Length == 0 ? ReferenceFields.Values(Fields(given.text), "x-request-id") : head.IsInterim ? [] : [given.id];
                Assert.Equal(expected, ReferenceFields.Values(sent, "x-request-id"));
                string own = string.Concat(sent.Where(field => field.Name is "X-Canary-Rescued" or "X-Own").Select(field => $"{field.Name}: {field.Value}\r\n"));
                Assert.Equal(head.IsInterim ? "" : given.own, own);
            }
        });

    private static List<ReferenceFields.Field> Fields(string head)
    {
        string lines = head[(head.IndexOf("\r\n", StringComparison.Ordinal) + 2)..(head.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2)];
        List<ReferenceFields.Field>? fields = ReferenceFields.Read(lines);
        Assert.NotNull(fields);
        return fields;
    }
}
