using System.Net;
using System.Text;

namespace FastCanary.Transport.Tests;

/// <summary>Against System.Net.IPAddress, which the data path does not use: it allocates.</summary>
public sealed class PeerAddressTests
{
    [Fact]
    public void Random_addresses_are_written_as_the_framework_writes_them()
    {
        var random = new Random(1);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = new byte[i % 2 == 0 ? 4 : 16];
            random.NextBytes(bytes);
            // Runs of zero groups are what the compressed form is about.
            for (var group = 0; bytes.Length == 16 && group < 16; group += 2)
                if (random.Next(2) == 0) bytes[group] = bytes[group + 1] = 0;
            var address = new IPAddress(bytes);
            var text = Text(bytes);
            Assert.Equal(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, IPAddress.Parse(text));
            // The framework writes embedded IPv4 addresses in dotted form.
            if (!address.ToString().Contains('.', StringComparison.Ordinal)) Assert.Equal(address.ToString(), text);
            Assert.InRange(text.Length, 2, PeerAddress.TextBytesMax);
        }
    }

    [Theory]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1")]
    [InlineData("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789")]
    [InlineData("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1")]
    [InlineData("::ffff:0:1.2.3.4", "::ffff:0:102:304")]
    public void Ipv6_is_written_by_rfc_5952(string address, string text) => Assert.Equal(text, Text(IPAddress.Parse(address).GetAddressBytes()));

    [Fact]
    public void A_mapped_address_equals_its_ipv4_form()
    {
        var mapped = new PeerAddress(IPAddress.Parse("::ffff:10.1.2.3").GetAddressBytes(), 80);
        var plain = new PeerAddress(IPAddress.Parse("10.1.2.3").GetAddressBytes(), 80);
        Assert.Equal(plain, mapped);
        Assert.True(plain == mapped);
        Assert.Equal(plain.GetHashCode(), mapped.GetHashCode());
        Assert.True(mapped.IsIPv4);
        Assert.NotEqual(plain, new PeerAddress(IPAddress.Parse("10.1.2.3").GetAddressBytes(), 81));
        // ::10.1.2.3 is another address with the same low bits.
        Assert.NotEqual(plain, new PeerAddress(IPAddress.Parse("::10.1.2.3").GetAddressBytes(), 80));
    }

    [Fact]
    public void The_bytes_come_back_in_network_order()
    {
        Span<byte> bytes = stackalloc byte[16];
        foreach (var text in (string[])["10.1.2.3", "2001:db8::17"])
        {
            var expected = IPAddress.Parse(text).GetAddressBytes();
            var length = new PeerAddress(expected, 1).CopyTo(bytes);
            Assert.Equal(expected, bytes[..length].ToArray());
        }
    }

    private static string Text(byte[] bytes)
    {
        Span<byte> text = stackalloc byte[PeerAddress.TextBytesMax];
        return Encoding.ASCII.GetString(text[..new PeerAddress(bytes, 1).Format(text)]);
    }
}
