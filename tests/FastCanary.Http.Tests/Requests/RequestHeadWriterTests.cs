using static FastCanary.Http.Tests.RequestRun;
using static FastCanary.Http.Tests.Requests.RequestPropertyTests;

namespace FastCanary.Http.Tests.Requests;

/// <summary>RFC 9110 section 7, RFC 9112 section 3.2.2.</summary>
public sealed class RequestHeadWriterTests
{
    private const string Added = "Via: 1.1 fastcanary\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: t.test\r\nX-Forwarded-For: 192.0.2.33\r\n";

    [Fact]
    public void A_request_goes_on_byte_for_byte_with_the_proxys_fields_behind_it() =>
        Assert.Equal(
            "GET /%41?a[]=1 HTTP/1.1\r\nhOst:t.test\r\nX-A: \t1 \r\nX-A:2\r\n" + Added + "\r\n",
            Written("GET /%41?a[]=1 HTTP/1.1\r\nhOst:t.test\r\nX-A: \t1 \r\nX-A:2\r\n\r\n"));

    [Fact]
    public void Empty_lines_before_the_request_stay_behind() => Assert.StartsWith("GET / HTTP/1.1\r\nHost", Written("\r\n\n" + Text("GET / HTTP/1.1", HostField)));

    [Fact]
    public void Hop_by_hop_fields_do_not_pass() =>
        Assert.Equal("POST / HTTP/1.1\r\nX-A: 1\r\nHost: t.test\r\nX-B: 2\r\nX-C: 3\r\n" + Added + "\r\n", Written(Text(
            "POST / HTTP/1.1", "Keep-Alive: timeout=5", "X-A: 1", "Connection: keep-alive", "Proxy-Connection: close", "Host: t.test", "TE: trailers", "X-B: 2", "Upgrade: websocket",
            "HTTP2-Settings: AAMAAABk", "Proxy-Authorization: Basic eA==", "X-C: 3", "Proxy-Authenticate: x")));

    [Fact]
    public void Fields_that_Connection_names_do_not_pass() =>
        Assert.Equal("GET / HTTP/1.1\r\nHost: t.test\r\nX-AB: 3\r\n" + Added + "\r\n", Written(Text(
            "GET / HTTP/1.1", "x-a: 1", "Host: t.test", "Connection: close, X-A", "X-A: 2", "X-AB: 3", "Connection: ,cookie ,", "Cookie: a=b")));

    [Theory]
    [InlineData("Host")]
    [InlineData("Content-Length")]
    [InlineData("X-Forwarded-For")]
    [InlineData("Expect")]
    [InlineData("X-Request-ID")]
    [InlineData("Forwarded")]
    public void Connection_cannot_remove_what_says_where_a_request_goes_and_ends(string name)
    {
        string[] fields = ["Host: t.test", "Content-Length: 5", "Expect: 100-continue", "X-Forwarded-For: 1.2.3.4", "X-Request-ID: id-1", "Forwarded: for=1.2.3.4", "Connection: close, " + name];
        string written = Written(Text("POST / HTTP/1.1", fields), new RequestForwarding { ClientAddress = "192.0.2.33"u8, TrustForwarded = true, Forwarded = ForwardedTreatment.Keep });
        Assert.Contains("Host: t.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\nX-Request-ID: id-1\r\nForwarded: for=1.2.3.4\r\nVia", written);
        Assert.Contains("X-Forwarded-For: 1.2.3.4, 192.0.2.33\r\n", written);
    }

    [Fact]
    public void A_chunked_body_is_announced_in_one_canonical_line() =>
        Assert.Equal("POST / HTTP/1.1\r\nHost: t.test\r\n" + Added + "Transfer-Encoding: chunked\r\n\r\n",
            Written(Text("POST / HTTP/1.1", "Host: t.test", "transfer-encoding:\tCHUNKED ", "Connection: transfer-encoding")));

    [Fact]
    public void A_wanted_upgrade_passes_with_its_option_alone() =>
        Assert.Equal("GET / HTTP/1.1\r\nHost: t.test\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n" + Added + "Connection: Upgrade\r\n\r\n",
            Written(Text("GET / HTTP/1.1", "Host: t.test", "Connection: keep-alive, Upgrade, X-A", "Upgrade: websocket", "X-A: 1", "Sec-WebSocket-Key: x")));

    [Fact]
    public void An_upgrade_to_h2c_goes_on_as_an_ordinary_request() =>
        Assert.Equal("GET / HTTP/1.1\r\nHost: t.test\r\n" + Added + "\r\n",
            Written(Text("GET / HTTP/1.1", "Host: t.test", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")));

    [Theory]
    [InlineData("GET http://a.test:81/x?y HTTP/1.1", "GET /x?y HTTP/1.1\r\nHost: a.test:81\r\n")]
    [InlineData("GET HTTP://a.test HTTP/1.1", "GET / HTTP/1.1\r\nHost: a.test\r\n")]
    [InlineData("GET http://a.test?x HTTP/1.1", "GET /?x HTTP/1.1\r\nHost: a.test\r\n")]
    [InlineData("GET http://a.test? HTTP/1.1", "GET /? HTTP/1.1\r\nHost: a.test\r\n")]
    [InlineData("OPTIONS http://a.test HTTP/1.1", "OPTIONS * HTTP/1.1\r\nHost: a.test\r\n")]
    [InlineData("OPTIONS http://a.test? HTTP/1.1", "OPTIONS /? HTTP/1.1\r\nHost: a.test\r\n")]
    [InlineData("OPTIONS http://a.test/ HTTP/1.1", "OPTIONS / HTTP/1.1\r\nHost: a.test\r\n")]
    public void An_absolute_form_becomes_origin_form_and_its_authority_the_Host(string line, string start)
    {
        string written = Written(Text(line, "X-A: 1", "Host: b.test", "X-B: 2"));
        Assert.StartsWith(start + "X-A: 1\r\nX-B: 2\r\nVia", written);
        Assert.DoesNotContain("b.test", written);
        Assert.Contains("X-Forwarded-Host: a.test", written);
    }

    [Fact]
    public void HTTP10_goes_on_as_HTTP11_with_a_Host() =>
        Assert.Equal("GET / HTTP/1.1\r\nHost: fallback.test:8081\r\nX-A: 1\r\nVia: 1.0 fastcanary\r\nX-Forwarded-Proto: http\r\nX-Forwarded-For: 192.0.2.33\r\n\r\n",
            Written(Text("GET / HTTP/1.0", "X-A: 1", "Expect: 100-continue", "Connection: keep-alive")));

    [Fact]
    public void Forwarded_fields_of_an_untrusted_peer_are_replaced() =>
        Assert.Equal("GET / HTTP/1.1\r\nHost: t.test\r\n" + Added + "\r\n", Written(Text(
            "GET / HTTP/1.1", "X-Forwarded-For: 6.6.6.6", "Host: t.test", "x-forwarded-proto: https", "X-Forwarded-Host: evil.test", "X-Forwarded-Port: 1", "Forwarded: for=1.2.3.4",
            "X-Forwarded-FOR: 6.6.6.6", "X_Forwarded_For: 6.6.6.6", "X-Forwarded_Prefix: /x")));

    [Fact]
    public void A_trusted_peers_addresses_are_combined_and_its_other_forwarded_fields_kept() =>
        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: t.test\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.test\r\nX-Forwarded-Port: 443\r\nVia: 1.1 fastcanary\r\n"
            + "X-Forwarded-For: 1.2.3.4, 5.6.7.8, 9.9.9.9, 192.0.2.33\r\n\r\n",
            Written(Text("GET / HTTP/1.1", "X-Forwarded-For: 1.2.3.4, 5.6.7.8 ", "Host: t.test", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.test", "X-Forwarded-For:",
                "X-Forwarded-Port: 443", "x-forwarded-for:9.9.9.9", "X_Forwarded_For: 6.6.6.6"), trusts: true));

    [Fact]
    public void A_trusted_peer_that_says_nothing_gets_what_any_peer_gets() =>
        Assert.Equal("GET / HTTP/1.1\r\nHost: t.test\r\n" + Added + "\r\n", Written(Text("GET / HTTP/1.1", HostField), trusts: true));

    [Fact]
    public void Via_is_appended_to_those_before_it() =>
        Assert.EndsWith("Via: 1.0 fred\r\nVia: 1.1 fastcanary\r\n", Written(Text("GET / HTTP/1.1", "Host: t.test", "Via: 1.0 fred")).Split("X-Forwarded")[0]);

    [Fact]
    public void Max_Forwards_loses_one_for_OPTIONS_and_is_left_alone_for_others()
    {
        Assert.Contains("\r\nMax-Forwards: 4\r\n", Written(Text("OPTIONS / HTTP/1.1", "Host: t.test", "Max-Forwards: 05")));
        Assert.Contains("\r\nMax-Forwards: 05\r\n", Written(Text("GET / HTTP/1.1", "Host: t.test", "Max-Forwards: 05")));
        Assert.DoesNotContain("05", Written(Text("OPTIONS / HTTP/1.1", "Host: t.test", "Max-Forwards: 05")));
    }

    [Fact]
    public void A_length_and_an_expectation_go_on_as_received() =>
        Assert.Contains("\r\ncontent-length:  0005\r\nexpect: 100-Continue\r\n", Written(Text("POST / HTTP/1.1", "Host: t.test", "content-length:  0005", "expect: 100-Continue")));

    [Fact]
    public void The_bound_holds_for_the_longest_additions()
    {
        string host = new string('a', 255) + ":65535";
        string text = Text($"OPTIONS http://{host} HTTP/1.1", "Host: b", "Transfer-Encoding: chunked", "Connection: upgrade", "Upgrade: x", "Max-Forwards: 2147483647", "X-Forwarded-For: 1");
        Assert.Contains("X-Forwarded-Host: " + host, Written(text));
        Assert.Contains("X-Forwarded-For: 1, 192.0.2.33", Written(text, trusts: true));
    }
}
