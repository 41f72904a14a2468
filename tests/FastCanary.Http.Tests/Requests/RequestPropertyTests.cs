using FsCheck;
using FsCheck.Fluent;
using static FastCanary.Http.Tests.RequestRun;

namespace FastCanary.Http.Tests.Requests;

/// <summary>The parser and the writer against a plain reading of the same bytes.</summary>
public sealed class RequestPropertyTests
{
    [Fact]
    public void The_parser_agrees_with_a_plain_reading_of_the_grammar() => Hold(Heads.Requests, text =>
    {
        (ReferenceRequest.Verdict verdict, ReferenceRequest? plain) = ReferenceRequest.Read(text);
        (ParseStatus status, RequestHead head) = Parse(text);
        if (verdict == ReferenceRequest.Verdict.Incomplete)
        {
            Assert.NotEqual(ParseStatus.Done, status);
            return;
        }

        Assert.Equal(plain is null ? ParseStatus.Invalid : ParseStatus.Done, status);
        if (plain is null) return;
        Assert.Equal(plain.Length, head.Length);
        Assert.Equal((plain.Method, plain.Target, plain.Path, plain.Query), (Of(head.MethodName, text), Of(head.Target, text), Of(head.Path, text), Of(head.Query, text)));
        Assert.Equal((plain.Authority, plain.MinorVersion, plain.Framing, plain.ContentLength), (Of(head.Authority, text), head.MinorVersion, head.Framing, head.ContentLength));
        Assert.Equal((plain.KeepAlive, plain.WantsUpgrade), (head.KeepAlive, head.WantsUpgrade));
        Assert.Equal(ReferenceFields.Values(plain.Fields, "x-request-id") is [string id] ? id : "", Of(head.RequestIdValue, text));
        Assert.Equal(plain.Fields.Select(field => (field.Name, field.Value)),
            Enumerable.Range(0, head.FieldCount).Select(i => (Of(head.FieldNameAt(i), text), Of(head.FieldValueAt(i), text))));
    });

    [Fact]
    public void What_is_written_has_one_reading_and_it_is_that_of_the_received_head() => Hold(Heads.Requests, text =>
    {
        (_, ReferenceRequest? received) = ReferenceRequest.Read(text);
        if (received is null) return;
        foreach (bool trusts in new[] { false, true })
        {
            string written = Written(text, trusts);
            (_, ReferenceRequest? sent) = ReferenceRequest.Read(written);
            Assert.NotNull(sent);
            Assert.Equal(written.Length, sent.Length);
            Assert.Equal((received.Method, 1, received.Framing, received.ContentLength), (sent.Method, sent.MinorVersion, sent.Framing, sent.ContentLength));
            Assert.Equal(received.Authority.Length == 0 ? "fallback.test:8081" : received.Authority, sent.Authority);
            Assert.Equal(received.Query, sent.Query);
            Assert.Equal((true, received.WantsUpgrade), (sent.KeepAlive, sent.WantsUpgrade));
            Assert.Equal(received.WantsUpgrade ? ["upgrade"] : [], ReferenceFields.Elements(sent.Fields, "connection"));
            foreach (string name in new[] { "keep-alive", "proxy-connection", "te", "http2-settings", "proxy-authorization", "content_length", "transfer_encoding", "x_forwarded_for", "x-forwarded_host", "x_request_id", "x-canary-rescued", "x-canary-mirrored", "x_canary_rescued", "forwarded" })
                Assert.Empty(ReferenceFields.Values(sent.Fields, name));
            Assert.Single(ReferenceFields.Values(sent.Fields, "x-forwarded-for"));
            Assert.Equal("192.0.2.33", ReferenceFields.Elements(sent.Fields, "x-forwarded-for")[^1]);
            Assert.EndsWith(" fastcanary", ReferenceFields.Values(sent.Fields, "via")[^1]);
        }
    });

    internal static string Written(string text, bool trusts = false) =>
        Written(text, new RequestForwarding { ClientAddress = "192.0.2.33"u8, TrustForwarded = trusts, FallbackHost = "fallback.test:8081"u8 });

    internal static string Written(string text, in RequestForwarding forwarding, params string[] removed)
    {
        byte[] bytes = Bytes(text);
        RequestHead head = Accepted(text);
        foreach (string name in removed) head.Remove(bytes, Bytes(name));
        return Written(head, bytes, forwarding);
    }

    internal static string Written(RequestHead head, byte[] bytes, in RequestForwarding forwarding)
    {
        int max = RequestHeadWriter.BytesMax(head, forwarding);
        // No byte more than was promised, and none behind what was said to be written.
        byte[] destination = new byte[max + 8];
        int written = RequestHeadWriter.Write(head, bytes, forwarding, destination.AsSpan(0, max));
        Assert.All(destination[written..], left => Assert.Equal(0, left));
        return System.Text.Encoding.Latin1.GetString(destination, 0, written);
    }

    /// <summary>Checks as many values as FASTCANARY_PROPERTY_TESTS says; a failure prints the seed that repeats it.</summary>
    internal static void Hold<T>(Gen<T> values, Action<T> holds)
    {
        int tests = int.Parse(Environment.GetEnvironmentVariable("FASTCANARY_PROPERTY_TESTS") ?? "1000");
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests), Prop.ForAll(Arb.From(values), holds));
    }
}
