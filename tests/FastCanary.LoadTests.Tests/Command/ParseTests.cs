using System.Net;
using FastCanary.LoadTests.Command;
using FastCanary.LoadTests.Stage;

namespace FastCanary.LoadTests.Tests.Command;

public sealed class ParseTests
{
    [Theory]
    [InlineData("250ms", 0.25)]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("8h", 28800)]
    public void Durations_are_written_as_in_the_configuration(string text, double seconds) => Assert.Equal(seconds, Parse.Seconds(text));

    [Theory]
    [InlineData("30")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("s")]
    [InlineData("1d")]
    public void Others_are_refused_by_name(string text) => Assert.Contains($"\"{text}\"", Assert.Throws<UsageException>(() => Parse.Seconds(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Endpoints_take_eight_ports_from_the_first_on()
    {
        OriginAddresses origins = Parse.Origins("192.168.1.5:9100");
        Assert.Equal((new IPEndPoint(IPAddress.Parse("192.168.1.5"), 9100), 9107), (origins.Stable1, origins.TcpCanary.Port));
    }

    [Theory]
    [InlineData("9100")]
    [InlineData("192.168.1.5")]
    [InlineData("192.168.1.5:65530")]
    [InlineData("pi:9100")]
    public void An_address_for_them_needs_a_number_and_room(string text) => Assert.Throws<UsageException>(() => Parse.Origins(text));

    [Fact]
    public async Task An_address_is_a_host_and_a_port()
    {
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 8081), await Parse.AddressAsync("127.0.0.1:8081", "--tcp"));
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 8081), await Parse.AddressAsync("[::1]:8081", "--tcp"));
        foreach (string wrong in (string[])["127.0.0.1", ":80", "127.0.0.1:http", "127.0.0.1:70000"])
            Assert.Contains("--tcp", (await Assert.ThrowsAsync<UsageException>(() => Parse.AddressAsync(wrong, "--tcp"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://127.0.0.1")]
    [InlineData("127.0.0.1:8080")]
    public void A_target_is_a_plain_URL(string text) => Assert.Throws<UsageException>(() => Parse.Url(text, "--target"));
}
