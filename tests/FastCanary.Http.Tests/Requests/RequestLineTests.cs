using static FastCanary.Http.Tests.RequestRun;

namespace FastCanary.Http.Tests.Requests;

/// <summary>RFC 9112 sections 2.2, 2.3 and 3.</summary>
public sealed class RequestLineTests
{
    [Fact]
    public void A_plain_request_line_gives_its_parts()
    {
        string text = Text("GET /a/b?c=d?e HTTP/1.1", HostField) + "body";
        RequestHead head = Accepted(text);
        Assert.Equal(HttpMethod.Get, head.Method);
        Assert.Equal("GET", Of(head.MethodName, text));
        Assert.Equal("/a/b?c=d?e", Of(head.Target, text));
        Assert.Equal("/a/b", Of(head.Path, text));
        Assert.Equal("c=d?e", Of(head.Query, text));
        Assert.Equal("t.test", Of(head.Authority, text));
        Assert.Equal(1, head.MinorVersion);
        Assert.Equal(text.Length - 4, head.Length);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("\n")]
    [InlineData("\r\n\n\r\n\n")]
    public void Up_to_four_empty_lines_before_the_request_line_are_skipped(string lead)
    {
        string text = lead + Text("GET / HTTP/1.1", HostField);
        RequestHead head = Accepted(text);
        Assert.Equal(text.Length, head.Length);
        Assert.Equal(lead.Length, head.MethodName.Start);
    }

    [Fact]
    public void Empty_lines_alone_do_not_start_a_request()
    {
        (ParseStatus status, RequestHead head) = Parse("\r\n\r\n\r");
        Assert.Equal(ParseStatus.NeedMore, status);
        Assert.False(head.HasStarted);
        (_, head) = Parse("\r\nG");
        Assert.True(head.HasStarted);
    }

    [Theory]
    [InlineData("\r\n\r\n\r\n\r\n\r\n", HttpFault.BadRequestLine)]
    [InlineData("\rGET", HttpFault.BareCr)]
    [InlineData(" ", HttpFault.BadMethod)]
    [InlineData("\t", HttpFault.BadMethod)]
    [InlineData("\u00ef\u00bb\u00bf", HttpFault.BadMethod)]
    [InlineData("\u0016\u0003\u0001\u0002\0", HttpFault.BadMethod)]
    public void Anything_else_before_the_request_line_is_refused(string lead, HttpFault fault) =>
        Refused(fault, lead + Text("GET / HTTP/1.1", HostField));

    [Theory]
    [InlineData("GET  / HTTP/1.1", HttpFault.BadTarget)]
    [InlineData("GET /  HTTP/1.1", HttpFault.BadRequestLine)]
    [InlineData("GET\t/ HTTP/1.1", HttpFault.BadMethod)]
    [InlineData("GET\v/ HTTP/1.1", HttpFault.BadMethod)]
    [InlineData("GET /\fHTTP/1.1", HttpFault.BadTarget)]
    [InlineData("GET\r/ HTTP/1.1", HttpFault.BadRequestLine)]
    [InlineData("GET /\rHTTP/1.1", HttpFault.BadRequestLine)]
    [InlineData("GET / HTTP/1.1 ", HttpFault.BadRequestLine)]
    [InlineData("GET / HTTP/1.1\t", HttpFault.BadRequestLine)]
    [InlineData("GET /a b HTTP/1.1", HttpFault.BadRequestLine)]
    [InlineData("GET / HTTP/1.1 HTTP/1.1", HttpFault.BadRequestLine)]
    [InlineData("GET / \0HTTP/1.1", HttpFault.NulByte)]
    [InlineData("GET / HTTP/1.1\r", HttpFault.BareCr)]
    [InlineData("GET /", HttpFault.BadRequestLine)]
    [InlineData("GET", HttpFault.BadRequestLine)]
    [InlineData("GET / ", HttpFault.BadRequestLine)]
    public void Separators_are_single_spaces_and_the_end_is_CRLF(string line, HttpFault fault) => Refused(fault, Text(line, HostField));

    [Fact]
    public void A_bare_LF_ends_no_line()
    {
        Refused(HttpFault.BareLf, "GET / HTTP/1.1\nHost: t.test\r\n\r\n");
        Refused(HttpFault.BareLf, "GET /\n");
        Refused(HttpFault.BareLf, "GET\n");
        Refused(HttpFault.BareCr, "GET / HTTP/1.1\rHost: t.test\r\r");
    }

    [Theory]
    [InlineData("HTTP/1.0", 0)]
    [InlineData("HTTP/1.1", 1)]
    [InlineData("HTTP/1.2", 1)]
    [InlineData("HTTP/1.9", 1)]
    public void A_higher_minor_version_is_processed_as_1(string version, int minor) => Assert.Equal(minor, Accepted(Text("GET / " + version, HostField)).MinorVersion);

    [Theory]
    [InlineData("HTTP/2.0", HttpFault.UnsupportedVersion)]
    [InlineData("HTTP/0.9", HttpFault.UnsupportedVersion)]
    [InlineData("HTTP/3.1", HttpFault.UnsupportedVersion)]
    [InlineData("HTTP/2", HttpFault.BadRequestLine)]
    [InlineData("http/1.1", HttpFault.BadRequestLine)]
    [InlineData("HTTP/1.10", HttpFault.BadRequestLine)]
    [InlineData("HTTP/01.1", HttpFault.BadRequestLine)]
    [InlineData("HTTP/1.1x", HttpFault.BadRequestLine)]
    [InlineData("HTTP/1.", HttpFault.BadRequestLine)]
    [InlineData("HTTP/.1", HttpFault.BadRequestLine)]
    [InlineData("HTTP/1,1", HttpFault.BadRequestLine)]
    [InlineData("HTTP/+1.1", HttpFault.BadRequestLine)]
    [InlineData("HTTP/-1.1", HttpFault.BadRequestLine)]
    [InlineData("HTTP/1.a", HttpFault.BadRequestLine)]
    [InlineData("HTTP/1.\u00d9\u00a1", HttpFault.BadRequestLine)]
    [InlineData("XTTP/1.1", HttpFault.BadRequestLine)]
    [InlineData("HTTPS/1.1", HttpFault.BadRequestLine)]
    [InlineData("HTTP/ 1.1", HttpFault.BadRequestLine)]
    public void Other_versions_are_refused(string version, HttpFault fault) => Refused(fault, Text("GET / " + version, HostField));

    [Fact]
    public void The_preface_of_HTTP2_is_refused() => Refused(HttpFault.BadTarget, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    [Theory]
    [InlineData("GET", HttpMethod.Get)]
    [InlineData("HEAD", HttpMethod.Head)]
    [InlineData("POST", HttpMethod.Post)]
    [InlineData("PUT", HttpMethod.Put)]
    [InlineData("DELETE", HttpMethod.Delete)]
    [InlineData("OPTIONS", HttpMethod.Options)]
    [InlineData("PATCH", HttpMethod.Patch)]
    [InlineData("get", HttpMethod.Other)]
    [InlineData("Get", HttpMethod.Other)]
    [InlineData("FROBNICATE", HttpMethod.Other)]
    [InlineData("M-SEARCH", HttpMethod.Other)]
    [InlineData("!#$%&'*+-.^_`|~09aZ", HttpMethod.Other)]
    public void A_method_is_any_token_and_case_sensitive(string method, HttpMethod known)
    {
        string text = Text(method + " / HTTP/1.1", HostField);
        RequestHead head = Accepted(text);
        Assert.Equal(known, head.Method);
        Assert.Equal(method, Of(head.MethodName, text));
    }

    [Theory]
    [InlineData("GE(T")]
    [InlineData("GE\u0001T")]
    [InlineData("GE\"T")]
    [InlineData("G\u00c3\u0089T")]
    [InlineData("G,ET")]
    [InlineData("GE/T")]
    [InlineData("GET:")]
    public void A_method_that_is_no_token_is_refused(string method) => Refused(HttpFault.BadMethod, Text(method + " / HTTP/1.1", HostField));

    [Theory]
    [InlineData("CONNECT t.test:443 HTTP/1.1")]
    [InlineData("CONNECT / HTTP/1.1")]
    [InlineData("TRACE / HTTP/1.1")]
    public void CONNECT_and_TRACE_are_not_allowed(string line)
    {
        Refused(HttpFault.MethodNotAllowed, Text(line, HostField));
        Assert.Equal(405, HttpFaults.StatusOf(HttpFault.MethodNotAllowed));
    }
}
