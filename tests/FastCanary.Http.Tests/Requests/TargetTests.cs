using static FastCanary.Http.Tests.RequestRun;

namespace FastCanary.Http.Tests.Requests;

/// <summary>RFC 9112 section 3.2.</summary>
public sealed class TargetTests
{
    [Theory]
    [InlineData("/", "/", "")]
    [InlineData("/a?", "/a", "")]
    [InlineData("/??a?b", "/", "?a?b")]
    [InlineData("/a[]=1?a[]=1&a[]=2", "/a[]=1", "a[]=1&a[]=2")]
    [InlineData("/%zz%/%00?%u002f", "/%zz%/%00", "%u002f")]
    [InlineData("//evil.test/a", "//evil.test/a", "")]
    [InlineData("/../../etc/passwd", "/../../etc/passwd", "")]
    [InlineData("/http://evil.test/!$&'()*+,;=:@~-._", "/http://evil.test/!$&'()*+,;=:@~-._", "")]
    public void An_origin_form_is_taken_byte_for_byte(string target, string path, string query)
    {
        string text = Text($"GET {target} HTTP/1.1", HostField);
        RequestHead head = Accepted(text);
        Assert.Equal((target, path, query), (Of(head.Target, text), Of(head.Path, text), Of(head.Query, text)));
    }

    [Theory]
    [InlineData("http://t.test/a?q=1", "t.test", "/a", "q=1")]
    [InlineData("HTTP://T.Test:80/a", "T.Test:80", "/a", "")]
    [InlineData("https://t.test/a", "t.test", "/a", "")]
    [InlineData("http://t.test?x", "t.test", "", "x")]
    [InlineData("http://t.test", "t.test", "", "")]
    [InlineData("http://[::1]:8080/", "[::1]:8080", "/", "")]
    public void An_absolute_form_gives_authority_path_and_query(string target, string authority, string path, string query)
    {
        string text = Text($"GET {target} HTTP/1.1", "Host: other.test");
        RequestHead head = Accepted(text);
        Assert.Equal((authority, path, query), (Of(head.Authority, text), Of(head.Path, text), Of(head.Query, text)));
    }

    [Theory]
    [InlineData("http:///a", HttpFault.BadHost)]
    [InlineData("http://?a", HttpFault.BadHost)]
    [InlineData("http://", HttpFault.BadHost)]
    [InlineData("http://:80/", HttpFault.BadHost)]
    [InlineData("http://u:p@t.test/", HttpFault.BadHost)]
    [InlineData("http://u@t.test/", HttpFault.BadHost)]
    [InlineData("http://t.test:x/", HttpFault.BadHost)]
    [InlineData("http://[::1/", HttpFault.BadHost)]
    [InlineData("ftp://t.test/", HttpFault.BadTarget)]
    [InlineData("http:/t.test/", HttpFault.BadTarget)]
    [InlineData("ws://t.test/", HttpFault.BadTarget)]
    public void An_absolute_form_without_a_plain_host_of_http_is_refused(string target, HttpFault fault) => Refused(fault, Text($"GET {target} HTTP/1.1", HostField));

    [Theory]
    [InlineData("a")]
    [InlineData("@127.0.0.1:1/a")]
    [InlineData("?a")]
    [InlineData("t.test:80")]
    [InlineData(":80/a")]
    [InlineData("./a")]
    [InlineData("*")]
    [InlineData("*/")]
    [InlineData("\\a")]
    [InlineData("/a\"b")]
    [InlineData("/<>")]
    [InlineData("/{}")]
    [InlineData("/a|b")]
    [InlineData("/^")]
    [InlineData("/`")]
    [InlineData("/a\\b")]
    [InlineData("/\u00c3\u00a9")]
    [InlineData("/\u00e9")]
    [InlineData("/a#frag")]
    [InlineData("/\u0001")]
    [InlineData("/\u007f")]
    [InlineData("/\u001b")]
    public void Other_forms_and_bytes_outside_RFC_3986_are_refused(string target) => Refused(HttpFault.BadTarget, Text($"GET {target} HTTP/1.1", HostField));

    [Fact]
    public void A_NUL_in_the_target_is_refused() => Refused(HttpFault.NulByte, Text("GET /a\0 HTTP/1.1", HostField));

    [Fact]
    public void The_asterisk_form_is_for_OPTIONS_alone()
    {
        string text = Text("OPTIONS * HTTP/1.1", HostField);
        Assert.Equal("*", Of(Accepted(text).Path, text));
        Refused(HttpFault.BadTarget, Text("OPTIONS *a HTTP/1.1", HostField));
    }
}
