using static FastCanary.Http.Tests.RequestRun;
using static FastCanary.Http.Tests.ResponseRun;

namespace FastCanary.Http.Tests.Responses;

/// <summary>RFC 9112 sections 6.3 and 9.3, RFC 9110 section 15.2.</summary>
public sealed class ResponseFramingTests
{
    private const string Ok = "HTTP/1.1 200 OK";

    [Fact]
    public void The_body_ends_by_length_by_chunks_or_with_the_connection()
    {
        ResponseHead head = ResponseRun.Accepted(Text(Ok, "Content-Length: 17"));
        Assert.Equal((BodyFraming.Length, 17, true), (head.Framing, head.ContentLength, head.KeepAlive));
        head = ResponseRun.Accepted(Text(Ok, "Transfer-Encoding: Chunked"));
        Assert.Equal((BodyFraming.Chunked, 0, true), (head.Framing, head.ContentLength, head.KeepAlive));
        head = ResponseRun.Accepted(Text(Ok));
        Assert.Equal((BodyFraming.UntilClose, 0, false), (head.Framing, head.ContentLength, head.KeepAlive));
    }

    [Theory]
    [InlineData(Ok, HttpMethod.Head, "Content-Length: 17")]
    [InlineData(Ok, HttpMethod.Head, "Transfer-Encoding: chunked")]
    [InlineData(Ok, HttpMethod.Head, "X-A: 1")]
    [InlineData("HTTP/1.1 304 Not Modified", HttpMethod.Get, "Content-Length: 17")]
    [InlineData("HTTP/1.1 304 Not Modified", HttpMethod.Get, "Transfer-Encoding: chunked")]
    [InlineData("HTTP/1.1 204 No Content", HttpMethod.Get, "X-A: 1")]
    [InlineData("HTTP/1.1 204 No Content", HttpMethod.Get, "Content-Length: 0")]
    public void HEAD_204_and_304_have_no_body_whatever_their_fields_say(string line, HttpMethod method, string field)
    {
        ResponseHead head = ResponseRun.Accepted(Text(line, field), method);
        Assert.Equal((BodyFraming.None, 0, true), (head.Framing, head.ContentLength, head.KeepAlive));
    }

    [Theory]
    [InlineData("Content-Length: 5")]
    [InlineData("Transfer-Encoding: chunked")]
    public void A_204_that_announces_a_body_costs_its_connection(string field)
    {
        ResponseHead head = ResponseRun.Accepted(Text("HTTP/1.1 204 No Content", field));
        Assert.Equal((BodyFraming.None, false), (head.Framing, head.KeepAlive));
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue", true)]
    [InlineData("HTTP/1.1 103 Early Hints", true)]
    [InlineData("HTTP/1.1 199 x", true)]
    [InlineData("HTTP/1.1 200 OK", false)]
    public void Interim_responses_are_told_from_final_ones(string line, bool isInterim)
    {
        Assert.Equal(isInterim, ResponseRun.Accepted(Text(line, "Content-Length: 0")).IsInterim);
        Assert.Equal(isInterim ? BodyFraming.None : BodyFraming.UntilClose, ResponseRun.Accepted(Text(line)).Framing);
    }

    [Theory]
    [InlineData("Content-Length: 5")]
    [InlineData("Transfer-Encoding: chunked")]
    public void An_interim_response_with_a_body_is_refused(string field)
    {
        ResponseRun.Refused(HttpFault.FramedInterimResponse, Text("HTTP/1.1 100 Continue", field));
        ResponseRun.Refused(HttpFault.FramedInterimResponse, Text("HTTP/1.1 101 x", "Connection: upgrade", "Upgrade: a", field), upgrade: true);
    }

    [Fact]
    public void A_101_is_taken_when_asked_for_and_complete()
    {
        ResponseHead head = ResponseRun.Accepted(Text("HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket"), upgrade: true);
        Assert.Equal((true, false, false, BodyFraming.None), (head.IsUpgrade, head.IsInterim, head.KeepAlive, head.Framing));
    }

    [Theory]
    [InlineData("HTTP/1.1 101 x", "Connection: Upgrade", "Upgrade: websocket", false)]
    [InlineData("HTTP/1.1 101 x", "Connection: Upgrade", "X-A: 1", true)]
    [InlineData("HTTP/1.1 101 x", "X-A: 1", "Upgrade: websocket", true)]
    [InlineData("HTTP/1.1 101 x", "Connection: Upgrade", "Upgrade: h2c", true)]
    [InlineData("HTTP/1.1 101 x", "Connection: Upgrade", "Upgrade:", true)]
    [InlineData("HTTP/1.0 101 x", "Connection: Upgrade", "Upgrade: websocket", true)]
    public void Any_other_101_is_refused(string line, string first, string second, bool upgrade) =>
        ResponseRun.Refused(HttpFault.BadUpgrade, Text(line, first, second), upgrade: upgrade);

    [Theory]
    [InlineData("HTTP/1.1", "keep-alive", true)]
    [InlineData("HTTP/1.1", "close", false)]
    [InlineData("HTTP/1.1", "x, Close", false)]
    [InlineData("HTTP/1.0", "x", false)]
    [InlineData("HTTP/1.0", "Keep-Alive", true)]
    [InlineData("HTTP/1.0", "keep-alive, close", false)]
    public void The_connection_stays_by_version_and_Connection(string version, string connection, bool stays)
    {
        Assert.Equal(stays, ResponseRun.Accepted(Text(version + " 200 OK", "Connection: " + connection, "Content-Length: 5")).KeepAlive);
        Assert.False(ResponseRun.Accepted(Text(version + " 200 OK", "Connection: " + connection)).KeepAlive);
    }

    [Theory]
    [InlineData(HttpFault.LengthAndTransferEncoding, "Content-Length: 5", "Transfer-Encoding: chunked")]
    [InlineData(HttpFault.LengthAndTransferEncoding, "Transfer-Encoding: chunked", "Content-Length: 5")]
    [InlineData(HttpFault.RepeatedContentLength, "Content-Length: 5", "Content-Length: 5")]
    [InlineData(HttpFault.RepeatedContentLength, "Content-Length: 5", "Content-Length: 6")]
    [InlineData(HttpFault.RepeatedContentLength, "Content-Length: 5, 5", "X-A: 1")]
    [InlineData(HttpFault.BadContentLength, "Content-Length: +5", "X-A: 1")]
    [InlineData(HttpFault.BadContentLength, "Content-Length: -1", "X-A: 1")]
    [InlineData(HttpFault.BadContentLength, "Content-Length:", "X-A: 1")]
    [InlineData(HttpFault.BadContentLength, "Content-Length: 9223372036854775808", "X-A: 1")]
    [InlineData(HttpFault.BadTransferEncoding, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked")]
    [InlineData(HttpFault.BadTransferEncoding, "Transfer-Encoding: gzip", "X-A: 1")]
    [InlineData(HttpFault.BadTransferEncoding, "Transfer-Encoding: identity", "X-A: 1")]
    [InlineData(HttpFault.BadTransferEncoding, "Transfer-Encoding:", "X-A: 1")]
    [InlineData(HttpFault.UnsupportedTransferCoding, "Transfer-Encoding: gzip, chunked", "X-A: 1")]
    public void Framing_that_can_be_read_in_two_ways_is_refused_even_where_there_is_no_body(HttpFault fault, string first, string second)
    {
        ResponseRun.Refused(fault, Text(Ok, first, second));
        ResponseRun.Refused(fault, Text(Ok, first, second), HttpMethod.Head);
        ResponseRun.Refused(fault, Text("HTTP/1.1 304 x", first, second));
    }

    [Fact]
    public void HTTP10_has_no_transfer_encoding() => ResponseRun.Refused(HttpFault.TransferEncodingInHttp10, Text("HTTP/1.0 200 OK", "Transfer-Encoding: chunked"));

    [Fact]
    public void Too_many_connection_options_are_refused() =>
        ResponseRun.Refused(HttpFault.TooManyConnectionOptions, Text(Ok, "Connection: " + string.Join(',', Enumerable.Repeat("a", 33))));
}
