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
}
