using static FastCanary.Http.Tests.RequestRun;
using static FastCanary.Http.Tests.Requests.RequestPropertyTests;

namespace FastCanary.Http.Tests.Requests;

/// <summary>The Forwarded field of RFC 7239.</summary>
public sealed class ForwardedTests
{
    private static readonly string Received = Text("GET / HTTP/1.1", "Forwarded: for=1.2.3.4;proto=https", "Host: t.test", "forwarded:for=_x ,for=y ", "X-A: 1", "Forwarded:");

    [Fact]
    public void Removed_it_does_not_pass_and_is_not_written() =>
        Assert.DoesNotContain("forwarded:", Written(Received, With(ForwardedTreatment.Remove)).Replace("X-Forwarded", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Kept_it_passes_byte_for_byte() =>
        Assert.StartsWith("GET / HTTP/1.1\r\nForwarded: for=1.2.3.4;proto=https\r\nHost: t.test\r\nforwarded:for=_x ,for=y \r\nX-A: 1\r\nForwarded:\r\nVia: ",
            Written(Received, With(ForwardedTreatment.Keep)));

    [Fact]
    public void Appended_to_all_elements_go_on_in_one_line() =>
        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: t.test\r\nX-A: 1\r\nVia: 1.1 fastcanary\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: t.test\r\nX-Forwarded-For: 192.0.2.33\r\n"
            + "Forwarded: for=1.2.3.4;proto=https, for=_x ,for=y, for=192.0.2.33;host=t.test;proto=http\r\n\r\n",
            Written(Received, With(ForwardedTreatment.Append)));

    [Fact]
    public void Replaced_the_clients_element_stands_alone() =>
        Assert.EndsWith("X-Forwarded-For: 192.0.2.33\r\nForwarded: for=192.0.2.33;host=t.test;proto=http\r\n\r\n", Written(Received, With(ForwardedTreatment.Replace)));

    [Theory]
    [InlineData(ForwardedTreatment.Append)]
    [InlineData(ForwardedTreatment.Replace)]
    public void Without_a_received_field_the_clients_element_stands_alone(ForwardedTreatment treatment) =>
        Assert.EndsWith("\r\nForwarded: for=192.0.2.33;host=t.test;proto=http\r\n\r\n", Written(Text("GET / HTTP/1.1", HostField), With(treatment)));

    [Theory]
    [InlineData("t.test", "t.test")]
    [InlineData("shop.example", "shop.example")]
    [InlineData("t.test:80", "\"t.test:80\"")]
    [InlineData("[::1]:80", "\"[::1]:80\"")]
    [InlineData("a(b,c;d=e", "\"a(b,c;d=e\"")]
    public void A_host_that_is_no_token_is_quoted(string host, string expected) =>
        Assert.Contains($"\r\nForwarded: for=192.0.2.33;host={expected};proto=http\r\n", Written(Text("GET / HTTP/1.1", "Host: " + host), With(ForwardedTreatment.Replace)));

    [Fact]
    public void The_host_is_the_one_the_request_is_for() =>
        Assert.Contains("\r\nForwarded: for=192.0.2.33;host=a.test;proto=http\r\n", Written(Text("GET http://a.test/ HTTP/1.1", "Host: b.test"), With(ForwardedTreatment.Replace)));

    [Fact]
    public void A_request_without_a_host_has_none_here() =>
        Assert.Contains("\r\nForwarded: for=192.0.2.33;proto=http\r\n", Written(Text("GET / HTTP/1.0"), With(ForwardedTreatment.Replace)));

    [Fact]
    public void An_IPv6_address_stands_in_brackets_and_quotes() =>
        Assert.Contains("\r\nForwarded: for=\"[2001:db8::7]\";host=t.test;proto=http\r\n",
            Written(Text("GET / HTTP/1.1", HostField), new RequestForwarding { ClientAddress = "2001:db8::7"u8, Forwarded = ForwardedTreatment.Replace }));

    [Theory]
    [InlineData("for=\"a", false)]
    [InlineData("for=\"a\\\"", false)]
    [InlineData("for=\"a\\", false)]
    [InlineData("for=\"a\\\"\"", true)]
    [InlineData("for=\"a\\\\\"", true)]
    [InlineData("for=a\\", true)]
    [InlineData("for=\"a\";by=\"b\"", true)]
    public void A_line_that_would_swallow_the_clients_element_is_left_out(string value, bool passes) =>
        Assert.EndsWith($"\r\nForwarded: {(passes ? value + ", " : "")}for=9, for=192.0.2.33;host=t.test;proto=http\r\n\r\n",
            Written(Text("GET / HTTP/1.1", "Host: t.test", "Forwarded: " + value, "Forwarded: for=9"), With(ForwardedTreatment.Append)));

    [Fact]
    public void Trust_in_the_other_family_says_nothing_about_it()
    {
        var forwarding = new RequestForwarding { ClientAddress = "192.0.2.33"u8, TrustForwarded = true };
        Assert.DoesNotContain("\r\nForwarded", Written(Received, forwarding));
    }

    private static RequestForwarding With(ForwardedTreatment treatment) => new() { ClientAddress = "192.0.2.33"u8, Forwarded = treatment };
}
