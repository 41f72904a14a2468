using System.Text;
using FastCanary.Http;
using HttpMethod = FastCanary.Http.HttpMethod;

namespace FastCanary.Proxy.Tests;

/// <summary>Where a body ends, without I/O, however its bytes are cut.</summary>
public sealed class BodyReaderTests
{
    [Theory]
    [InlineData("Content-Length: 5\r\n", "hello", "hello")]
    [InlineData("Content-Length: 0\r\n", "", "")]
    [InlineData("Transfer-Encoding: chunked\r\n", "5;x=y\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("", "", "")]
    public void A_request_body_ends_where_its_framing_says(string field, string body, string forwarded)
    {
        var head = new RequestHead();
        head.Reset(new HeadLimits(1024, 8192, 20));
        Assert.Equal(ParseStatus.Done, head.Parse(Encoding.Latin1.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\n{field}\r\n")));
        for (var cut = 1; cut <= body.Length + 1; cut++) AssertReads(BodyReader.OfRequest(head), body, cut, forwarded);
    }

    [Theory]
    [InlineData(false, "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n")]
    [InlineData(true, "5\r\nhello\r\n0\r\n\r\n")]
    public void A_requests_announced_trailers_pass_unless_they_are_dropped(bool dropsTrailers, string forwarded)
    {
        const string Body = "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n";
        var head = new RequestHead();
        head.Reset(new HeadLimits(1024, 8192, 20));
        Assert.Equal(ParseStatus.Done, head.Parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"u8));
        for (var cut = 1; cut <= Body.Length + 1; cut++) AssertReads(BodyReader.OfRequest(head, dropsTrailers), Body, cut, forwarded);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n", "hello", false, "hello")]
    [InlineData("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", false, "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n", true, "hellook")]
    public void A_response_body_ends_where_its_framing_says(string field, string body, bool dataOnly, string forwarded)
    {
        var head = Response(field);
        for (var cut = 1; cut <= body.Length + 1; cut++) AssertReads(BodyReader.OfResponse(head, dataOnly), body, cut, forwarded);
    }

    [Fact]
    public void A_close_delimited_body_ends_only_when_told()
    {
        var reader = BodyReader.OfResponse(Response(""), dataOnly: false);
        Assert.Equal(BodyFraming.UntilClose, reader.Framing);
        Assert.Equal(ParseStatus.NeedMore, reader.Next("hello"u8, out var consumed, out var forward));
        Assert.Equal(5, consumed);
        Assert.Equal(5, forward.Length);
        Assert.False(reader.IsDone);
        Assert.Equal(5, reader.BodyBytes);
        reader.EndAtClose();
        Assert.True(reader.IsDone);
    }

    [Fact]
    public void A_malformed_body_says_why()
    {
        var reader = BodyReader.OfResponse(Response("Transfer-Encoding: chunked\r\n"), dataOnly: false);
        Assert.Equal(ParseStatus.Invalid, reader.Next("5\r\nhelloX"u8, out _, out _));
        Assert.Equal(HttpFault.BadChunkEnd, reader.Fault);
        Assert.False(reader.IsDone);
    }

    private static ResponseHead Response(string field)
    {
        var head = new ResponseHead();
        head.Reset(new HeadLimits(1024, 8192, 20), HttpMethod.Get, upgradeRequested: false);
        Assert.Equal(ParseStatus.Done, head.Parse(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{field}\r\n")));
        return head;
    }

    // What follows the body is there too, and stays.
    private static void AssertReads(BodyReader reader, string body, int cut, string forwarded)
    {
        var bytes = Encoding.Latin1.GetBytes(body + "NEXT");
        var sent = new StringBuilder();
        var taken = 0;
        for (var given = Math.Min(cut, bytes.Length); !reader.IsDone;)
        {
            var status = reader.Next(bytes.AsSpan(taken, given - taken), out var consumed, out var forward);
            Assert.NotEqual(ParseStatus.Invalid, status);
            sent.Append(Encoding.Latin1.GetString(bytes, taken + forward.Start, forward.Length));
            taken += consumed;
            Assert.Equal(status == ParseStatus.Done, reader.IsDone);
            if (consumed == 0 && !reader.IsDone) given = Math.Min(given + cut, bytes.Length);
        }

        Assert.Equal(forwarded, sent.ToString());
        Assert.Equal(body.Length, taken);
    }
}
