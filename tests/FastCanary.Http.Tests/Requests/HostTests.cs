using static FastCanary.Http.Tests.RequestRun;

namespace FastCanary.Http.Tests.Requests;

/// <summary>RFC 9112 section 3.2, RFC 9110 section 7.2.</summary>
public sealed class HostTests
{
    private const string Line = "GET / HTTP/1.1";

    [Theory]
    [InlineData(Line)]
    [InlineData("GET http://a.test/ HTTP/1.1")]
    [InlineData("GET / HTTP/1.2")]
    public void HTTP11_needs_a_Host_in_every_form(string line) => Refused(HttpFault.MissingHost, Text(line, "X-A: 1"));

    [Fact]
    public void HTTP10_needs_no_Host() => Assert.True(Accepted(Text("GET / HTTP/1.0")).Authority.IsEmpty);

    [Theory]
    [InlineData(Line, "Host: t.test", "Host: t.test")]
    [InlineData(Line, "Host: t.test", "hOsT: evil.test")]
    [InlineData(Line, "Host: t.test", "Host:")]
    [InlineData("GET / HTTP/1.0", "Host: t.test", "Host: evil.test")]
    [InlineData("GET http://t.test/ HTTP/1.1", "Host: t.test", "Host: evil.test")]
    public void A_second_Host_is_refused_in_any_version(string line, string first, string second) =>
        Refused(HttpFault.RepeatedHost, Text(line, first, "X-A: 1", second));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a b")]
    [InlineData("t.test/x")]
    [InlineData("t.test?x")]
    [InlineData("t.test#x")]
    [InlineData("a@t.test")]
    [InlineData("u:p@t.test")]
    [InlineData("t.test\\x")]
    [InlineData("<t.test>")]
    [InlineData("\"t.test\"")]
    [InlineData("{t}")]
    [InlineData("t|est")]
    [InlineData("http://t.test")]
    [InlineData("[::1")]
    [InlineData("::1")]
    [InlineData("[::g]")]
    [InlineData("[::1]x")]
    [InlineData("[]")]
    [InlineData("[:]")]
    [InlineData("[:::]")]
    [InlineData("[1::2::3]")]
    [InlineData("[1:2:3:4:5:6:7]")]
    [InlineData("[1:2:3:4:5:6:7:8:9]")]
    [InlineData("[::1:2:3:4:5:6:7:8]")]
    [InlineData("[1:2:3:4:5:6:7:8::]")]
    [InlineData("[12345::]")]
    [InlineData("[1:]")]
    [InlineData("[:1]")]
    [InlineData("[::1.2.3]")]
    [InlineData("[::1.2.3.4.5]")]
    [InlineData("[::1.2.3.256]")]
    [InlineData("[::01.2.3.4]")]
    [InlineData("[::1.2.3.4:1]")]
    [InlineData("[::1%25eth0]")]
    [InlineData("[v1.a]")]
    [InlineData("t.test:http")]
    [InlineData("t.test:80:80")]
    [InlineData("t.test:-1")]
    [InlineData("t.test:+80")]
    [InlineData("t.test: 80")]
    [InlineData("t.test:65536")]
    [InlineData("t.test:99999")]
    [InlineData("t.test:000080")]
    [InlineData(":80")]
    [InlineData("caf\u00e9.test")]
    [InlineData("t%zz.test")]
    [InlineData("t%4")]
    [InlineData("t%")]
    [InlineData("t\test")]
    public void A_Host_that_is_not_uri_host_and_port_is_refused(string host)
    {
        Refused(HttpFault.BadHost, Text(Line, "Host: " + host));
        Refused(HttpFault.BadHost, Text("GET / HTTP/1.0", "Host: " + host));
        Refused(HttpFault.BadHost, Text("GET http://a.test/ HTTP/1.1", "Host: " + host));
    }

    [Theory]
    [InlineData("t.test:8080")]
    [InlineData("T.TEST")]
    [InlineData("[::1]:8080")]
    [InlineData("[::]")]
    [InlineData("[1:2:3:4:5:6:7:8]")]
    [InlineData("[1::8]")]
    [InlineData("[1:2:3:4:5:6:7::]")]
    [InlineData("[::2:3:4:5:6:7:8]")]
    [InlineData("[::ffff:1.2.3.4]")]
    [InlineData("[64:ff9b::192.0.2.33]:80")]
    [InlineData("[1:2:3:4:5:6:1.2.3.4]")]
    [InlineData("[2001:DB8::abCD]:")]
    [InlineData("127.0.0.1")]
    [InlineData("t_e.test")]
    [InlineData("t.test.")]
    [InlineData("xn--e1afmkfd.test")]
    [InlineData("t.test:")]
    [InlineData("t.test:65535")]
    [InlineData("a,b")]
    [InlineData("a%41.test")]
    [InlineData("%41")]
    [InlineData("a!$&'()*+;=b~:1")]
    public void A_valid_Host_is_kept_as_it_is(string host)
    {
        string text = Text(Line, "Host: \t" + host + " \t");
        Assert.Equal(host, Of(Accepted(text).Authority, text));
    }

    [Fact]
    public void A_host_has_at_most_255_bytes()
    {
        Accepted(Text(Line, "Host: " + new string('a', 255) + ":80"));
        Accepted(Text(Line, "Host: " + new string('a', 255)));
        Refused(HttpFault.BadHost, Text(Line, "Host: " + new string('a', 256)));
        Refused(HttpFault.BadHost, Text(Line, "Host: " + new string('a', 256) + ":80"));
    }
}
