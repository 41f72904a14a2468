using static FastCanary.Http.Tests.RequestRun;

namespace FastCanary.Http.Tests.Requests;

/// <summary>RFC 9112 section 9, RFC 9110 sections 7.6, 7.8 and 10.1.1.</summary>
public sealed class RequestConnectionTests
{
    [Theory]
    [InlineData("HTTP/1.1", null, true)]
    [InlineData("HTTP/1.1", "close", false)]
    [InlineData("HTTP/1.1", "CLOSE", false)]
    [InlineData("HTTP/1.1", "x, close ,y", false)]
    [InlineData("HTTP/1.1", "keep-alive", true)]
    [InlineData("HTTP/1.1", "keep-alive, close", false)]
    [InlineData("HTTP/1.1", "closed", true)]
    [InlineData("HTTP/1.0", null, false)]
    [InlineData("HTTP/1.0", "keep-alive", true)]
    [InlineData("HTTP/1.0", "Keep-Alive, close", false)]
    [InlineData("HTTP/1.0", "close", false)]
    public void A_connection_stays_by_version_and_Connection(string version, string? connection, bool stays)
    {
        string[] fields = connection is null ? HostField : ["Host: t.test", "Connection: " + connection];
        Assert.Equal(stays, Accepted(Text("GET / " + version, fields)).KeepAlive);
    }

    [Fact]
    public void All_Connection_lines_count() =>
        Assert.False(Accepted(Text("GET / HTTP/1.1", "Host: t.test", "Connection: keep-alive", "Connection:", "Connection: close")).KeepAlive);

    [Fact]
    public void A_head_nominates_at_most_32_fields()
    {
        Accepted(Text("GET / HTTP/1.1", "Host: t.test", "Connection: " + string.Join(',', Enumerable.Repeat("a", 32))));
        Refused(HttpFault.TooManyConnectionOptions, Text("GET / HTTP/1.1", "Host: t.test", "Connection: " + string.Join(',', Enumerable.Repeat("a", 33))));
        Refused(HttpFault.TooManyConnectionOptions,
            Text("GET / HTTP/1.1", "Host: t.test", "Connection: " + string.Join(',', Enumerable.Repeat("a", 20)), "Connection: " + string.Join(',', Enumerable.Repeat("a", 20))));
    }

    [Theory]
    [InlineData("HTTP/1.1", "Upgrade", "websocket", true)]
    [InlineData("HTTP/1.1", "keep-alive, upgrade", "websocket", true)]
    [InlineData("HTTP/1.1", "upgrade", "foo/2, bar", true)]
    [InlineData("HTTP/1.1", "upgrade", "h2c", false)]
    [InlineData("HTTP/1.1", "upgrade", "H2C", false)]
    [InlineData("HTTP/1.1", "upgrade", "websocket, h2c", false)]
    [InlineData("HTTP/1.1", "upgrade", "h2c/1", false)]
    [InlineData("HTTP/1.1", "upgrade", "H2", false)]
    [InlineData("HTTP/1.1", "upgrade", "HTTP/2.0", false)]
    [InlineData("HTTP/1.1", "upgrade", "", false)]
    [InlineData("HTTP/1.1", "upgrade", "web socket", false)]
    [InlineData("HTTP/1.1", "upgrade", "websocket/", false)]
    [InlineData("HTTP/1.1", "keep-alive", "websocket", false)]
    [InlineData("HTTP/1.0", "upgrade", "websocket", false)]
    public void An_upgrade_needs_HTTP11_the_option_and_a_protocol_that_is_not_HTTP2(string version, string connection, string upgrade, bool wanted) =>
        Assert.Equal(wanted, Accepted(Text("GET / " + version, "Host: t.test", "Connection: " + connection, "Upgrade: " + upgrade)).WantsUpgrade);

    [Fact]
    public void The_option_without_the_field_is_no_upgrade() =>
        Assert.False(Accepted(Text("GET / HTTP/1.1", "Host: t.test", "Connection: upgrade")).WantsUpgrade);

    [Fact]
    public void An_h2c_in_any_Upgrade_line_counts() =>
        Assert.False(Accepted(Text("GET / HTTP/1.1", "Host: t.test", "Connection: upgrade", "Upgrade: h2c", "Upgrade: websocket")).WantsUpgrade);

    [Fact]
    public void The_only_expectation_is_100_continue()
    {
        Assert.True(Accepted(Text("POST / HTTP/1.1", "Host: t.test", "Expect: 100-Continue", "Content-Length: 1")).ExpectsContinue);
        Assert.False(Accepted(Text("POST / HTTP/1.1", HostField)).ExpectsContinue);
        Refused(HttpFault.BadExpectation, Text("POST / HTTP/1.1", "Host: t.test", "Expect: 200-ok"));
        Refused(HttpFault.BadExpectation, Text("POST / HTTP/1.1", "Host: t.test", "Expect: 100-continue, x"));
        Assert.Equal(417, HttpFaults.StatusOf(HttpFault.BadExpectation));
    }

    [Theory]
    [InlineData("100-continue")]
    [InlineData("anything")]
    public void An_expectation_of_HTTP10_is_ignored(string value) => Assert.False(Accepted(Text("POST / HTTP/1.0", "Expect: " + value)).ExpectsContinue);

    [Theory]
    [InlineData("OPTIONS", "5", 5)]
    [InlineData("OPTIONS", "0", 0)]
    [InlineData("OPTIONS", "9999999999999", int.MaxValue)]
    [InlineData("GET", "5", -1)]
    [InlineData("GET", "x", -1)]
    public void Hops_are_counted_for_OPTIONS(string method, string value, int hops) =>
        Assert.Equal(hops, Accepted(Text(method + " / HTTP/1.1", "Host: t.test", "Max-Forwards: " + value)).MaxForwards);

    [Fact]
    public void Hops_that_cannot_be_read_are_refused_for_OPTIONS()
    {
        Assert.Equal(-1, Accepted(Text("OPTIONS / HTTP/1.1", HostField)).MaxForwards);
        Refused(HttpFault.BadMaxForwards, Text("OPTIONS / HTTP/1.1", "Host: t.test", "Max-Forwards: -1"));
        Refused(HttpFault.BadMaxForwards, Text("OPTIONS / HTTP/1.1", "Host: t.test", "Max-Forwards:"));
        Refused(HttpFault.BadMaxForwards, Text("OPTIONS / HTTP/1.1", "Host: t.test", "Max-Forwards: 0", "Max-Forwards: 9"));
    }
}
