using static FastCanary.Http.Tests.RequestRun;
using static FastCanary.Http.Tests.ResponseRun;

namespace FastCanary.Http.Tests.Responses;

/// <summary>RFC 9112 section 4.</summary>
public sealed class StatusLineTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK", 200, 1, "OK")]
    [InlineData("HTTP/1.1 200 ", 200, 1, "")]
    [InlineData("HTTP/1.1 200", 200, 1, "")]
    [InlineData("HTTP/1.0 404 Not  here\tcaf\u00e9", 404, 0, "Not  here\tcaf\u00e9")]
    [InlineData("HTTP/1.5 599 x", 599, 1, "x")]
    public void A_status_line_gives_its_parts(string line, int status, int minor, string reason)
    {
        string text = Text(line, "Content-Length: 0");
        ResponseHead head = ResponseRun.Accepted(text);
        Assert.Equal((status, minor, reason), (head.Status, head.MinorVersion, Of(head.Reason, text)));
        Assert.Equal(text.Length, head.Length);
    }

    [Theory]
    [InlineData("HTTP/2.0 200 OK")]
    [InlineData("HTTP/1 200 OK")]
    [InlineData("HTTP/1.10 200 OK")]
    [InlineData("http/1.1 200 OK")]
    [InlineData("HTTP/1.1  200 OK")]
    [InlineData("HTTP/1.1\t200 OK")]
    [InlineData("HTTP/1.1 20 OK")]
    [InlineData("HTTP/1.1 2000 OK")]
    [InlineData("HTTP/1.1 200OK")]
    [InlineData("HTTP/1.1 200\tOK")]
    [InlineData("HTTP/1.1 +20 OK")]
    [InlineData("HTTP/1.1 2x0 OK")]
    [InlineData("HTTP/1.1 099 OK")]
    [InlineData("HTTP/1.1 000 OK")]
    [InlineData("HTTP/1.1 600 OK")]
    [InlineData("HTTP/1.1 999 OK")]
    [InlineData("HTTP/1.1")]
    [InlineData("HTTP/1.1 ")]
    [InlineData("ICY 200 OK")]
    [InlineData(" HTTP/1.1 200 OK")]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 a\u0001b")]
    [InlineData("HTTP/1.1 200 a\u007fb")]
    public void Any_other_status_line_is_refused(string line) => ResponseRun.Refused(HttpFault.BadStatusLine, Text(line, "Content-Length: 0"));

    [Fact]
    public void Line_ends_are_CRLF()
    {
        ResponseRun.Refused(HttpFault.BareLf, "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n");
        ResponseRun.Refused(HttpFault.BareCr, "HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n");
        ResponseRun.Refused(HttpFault.NulByte, "HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n");
    }

    [Fact]
    public void An_endless_head_is_refused()
    {
        var limits = new HeadLimits(LineBytesMax: 30, HeadBytesMax: 60, FieldsMax: 2);
        ResponseRun.Refused(HttpFault.HeadTooLarge, "HTTP/1.1 200 " + new string('O', 17), limits: limits);
        ResponseRun.Refused(HttpFault.HeadTooLarge, "HTTP/1.1 200 OK\r\nX: " + new string('v', 40), limits: limits);
        ResponseRun.Refused(HttpFault.TooManyFields, "HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nC", limits: limits);
        ResponseRun.Accepted("HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\n\r\n", limits: limits);
    }

    [Theory]
    [InlineData("X-A : 1", HttpFault.WhitespaceBeforeColon)]
    [InlineData("X A: 1", HttpFault.WhitespaceBeforeColon)]
    [InlineData(": 1", HttpFault.BadFieldName)]
    [InlineData("nocolon", HttpFault.BadFieldName)]
    [InlineData("X-A: 1\r\n fold", HttpFault.ObsoleteFold)]
    [InlineData(" X-A: 1", HttpFault.WhitespaceBeforeField)]
    [InlineData("X-A: a\rb", HttpFault.BareCr)]
    [InlineData("X-A: a\nSet-Cookie: b", HttpFault.BareLf)]
    [InlineData("X-A: a\0b", HttpFault.NulByte)]
    [InlineData("X-A: a\u0001b", HttpFault.BadFieldValue)]
    public void Fields_are_as_strict_as_in_requests(string field, HttpFault fault) => ResponseRun.Refused(fault, Text("HTTP/1.1 200 OK", field, "Content-Length: 0"));
}
