namespace FastCanary.Http.Tests.Chunked;

/// <summary>RFC 9112 section 7.1.2, RFC 9110 section 6.5.</summary>
public sealed class TrailerTests
{
    private const string Body = "5\r\nhello\r\n0\r\n";

    [Fact]
    public void A_request_trailer_that_is_not_announced_is_left_out()
    {
        ChunkedRun run = ChunkedRun.Request(Body + "X-Trailer: t\r\nX-Other: u\r\n\r\n");
        Assert.Equal((ParseStatus.Done, Body + "\r\n"), (run.Status, run.Forwarded));
    }

    [Fact]
    public void Announced_request_trailers_go_on_byte_for_byte()
    {
        ChunkedRun run = ChunkedRun.Request(Body + "X-No: 1\r\nx-TRAILER: \tt \r\nX-No: 2\r\nX-B:\r\n\r\n", "X-Trailer, , x-b");
        Assert.Equal((ParseStatus.Done, Body + "x-TRAILER: \tt \r\nX-B:\r\n\r\n"), (run.Status, run.Forwarded));
    }

    [Fact]
    public void Four_trailers_can_be_announced()
    {
        const string Trailers = "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n";
        Assert.Equal(Body + Trailers + "\r\n", ChunkedRun.Request(Body + Trailers + "E: 5\r\n\r\n", "a, b, c, d, e").Forwarded);
    }

    [Fact]
    public void The_head_says_which_trailers_are_announced()
    {
        RequestHead head = RequestRun.Accepted(RequestRun.Text("POST / HTTP/1.1", "Host: t.test", "Transfer-Encoding: chunked", "Trailer: X-A", "trailer: X-B,X-C"));
        Assert.True(head.HasTrailerField);
        Assert.Equal(Body + "X-A: 1\r\nX-C: 2\r\n\r\n", ChunkedRun.Of(Body + "X-A: 1\r\nX-C: 2\r\nX-D: 3\r\n\r\n", () => new ChunkedDecoder(dataOnly: false, head.AnnouncedTrailers)).Forwarded);
        Assert.True(RequestRun.Accepted(RequestRun.Text("POST / HTTP/1.1", "Host: t.test")).AnnouncedTrailers.IsEmpty);
    }

    [Theory]
    [InlineData("Content-Length: 99")]
    [InlineData("Transfer-Encoding: gzip")]
    [InlineData("Host: evil.test")]
    [InlineData("X-Forwarded-For: 6.6.6.6")]
    [InlineData("X_Forwarded_For: 6.6.6.6")]
    [InlineData("X-Forwarded-Whatever: 6")]
    [InlineData("Authorization: evil")]
    [InlineData("Connection: close")]
    [InlineData("Content-Type: text/html")]
    [InlineData("content_encoding: gzip")]
    [InlineData("Set-Cookie: a=b")]
    [InlineData("Cookie: a=b")]
    [InlineData("Cache-Control: no-store")]
    [InlineData("Trailer: x")]
    [InlineData("TE: x")]
    [InlineData("Expect: 100-continue")]
    [InlineData("If-Match: x")]
    [InlineData("Range: bytes=0-")]
    [InlineData("Max-Forwards: 1")]
    [InlineData("Via: 1.1 x")]
    [InlineData("Forwarded: for=1")]
    [InlineData("X-Canary-Version: v2")]
    [InlineData("X-Request-ID: 1")]
    [InlineData("WWW-Authenticate: x")]
    [InlineData("Proxy-Foo: x")]
    public void A_trailer_that_belongs_in_the_header_section_is_refused_in_requests_and_dropped_from_responses(string line)
    {
        ChunkedRun run = ChunkedRun.Request(Body + line + "\r\n\r\n", line.Split(':')[0]);
        Assert.Equal((ParseStatus.Invalid, HttpFault.ForbiddenTrailer), (run.Status, run.Fault));
        run = ChunkedRun.Response(Body + "X-A: 1\r\n" + line + "\r\nX-B: 2\r\n\r\n");
        Assert.Equal((ParseStatus.Done, Body + "X-A: 1\r\nX-B: 2\r\n\r\n"), (run.Status, run.Forwarded));
    }

    [Theory]
    [InlineData("X-Checksum: abc")]
    [InlineData("Server-Timing: db;dur=1")]
    [InlineData("Content-Digest: sha-256=:x=:")]
    [InlineData("ETag: \"x\"")]
    [InlineData("grpc-status: 0")]
    public void A_harmless_response_trailer_passes_when_trailers_are_kept(string line)
    {
        Assert.Equal(Body + line + "\r\n\r\n", ChunkedRun.Response(Body + line + "\r\n\r\n").Forwarded);
        Assert.Equal(Body + "\r\n", ChunkedRun.Response(Body + line + "\r\n\r\n", keepTrailers: false).Forwarded);
        Assert.Equal("hello", ChunkedRun.Response(Body + line + "\r\n\r\n", dataOnly: true).Forwarded);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("X-T : a")]
    [InlineData("X(T: a")]
    [InlineData(": a")]
    [InlineData("X-T: a\r\n b")]
    [InlineData(" X-T: a")]
    [InlineData("X-T: a\0b")]
    [InlineData("X-T: a\u0001b")]
    [InlineData("X-T: a\u007fb")]
    [InlineData("X-T: a\rb")]
    [InlineData("X-T: a\nX-U: b")]
    [InlineData("X-T\0: a")]
    [InlineData("X-T\n: a")]
    public void A_malformed_trailer_is_refused(string line)
    {
        ChunkedFramingTests.Refused(HttpFault.BadTrailer, Body + line + "\r\n\r\n");
        Assert.Equal(HttpFault.BadTrailer, ChunkedRun.Request(Body + line + "\r\n\r\n", "X-T, X-U").Fault);
    }

    [Fact]
    public void The_trailer_section_is_bounded_by_8_KiB()
    {
        string fits = "X-T: " + new string('t', 8192 - 7) + "\r\n";
        Assert.Equal(8192, fits.Length);
        Assert.Equal(ParseStatus.Done, ChunkedRun.Response(Body + fits + "\r\n").Status);
        ChunkedFramingTests.Refused(HttpFault.HeadTooLarge, Body + "X-T: " + new string('t', 8192 - 6) + "\r\n\r\n");
        ChunkedFramingTests.Refused(HttpFault.HeadTooLarge, Body + string.Concat(Enumerable.Repeat("X-T: t\r\n", 1025)) + "\r\n");
        ChunkedFramingTests.Refused(HttpFault.BadTrailer, Body + new string('n', 257) + ": v\r\n\r\n");
        Assert.Equal(ParseStatus.Done, ChunkedRun.Response(Body + new string('n', 256) + ": v\r\n\r\n").Status);
    }
}
