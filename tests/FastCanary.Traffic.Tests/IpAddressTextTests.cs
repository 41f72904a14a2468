using System.Net;
using System.Net.Sockets;
using System.Text;
using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

public class IpAddressTextTests
{
    [Theory]
    [InlineData("0.0.0.0", "00000000")]
    [InlineData("255.255.255.255", "FFFFFFFF")]
    [InlineData("1.20.103.4", "01146704")]
    [InlineData("::", "00000000000000000000000000000000")]
    [InlineData("::1", "00000000000000000000000000000001")]
    [InlineData("1::", "00010000000000000000000000000000")]
    [InlineData("2001:DB8::aBcD", "20010DB800000000000000000000ABCD")]
    [InlineData("1:2:3:4:5:6:7:8", "00010002000300040005000600070008")]
    [InlineData("0001:0002:0003:0004:0005:0006:0007:0008", "00010002000300040005000600070008")]
    [InlineData("1:2:3:4:5:6:7::", "00010002000300040005000600070000")]
    [InlineData("::2:3:4:5:6:7:8", "00000002000300040005000600070008")]
    [InlineData("1:2:3::5:6:7:8", "00010002000300000005000600070008")]
    [InlineData("1::8", "00010000000000000000000000000008")]
    [InlineData("64:ff9b::192.0.2.33", "0064FF9B0000000000000000C0000221")]
    [InlineData("1:2:3:4:5:6:1.2.3.4", "00010002000300040005000601020304")]
    [InlineData("::1.2.3.4", "00000000000000000000000001020304")]
    [InlineData("::ffff:1.2.3.4", "01020304")]
    [InlineData("::FFFF:102:304", "01020304")]
    [InlineData("0:0:0:0:0:ffff:1.2.3.4", "01020304")]
    [InlineData("", null)]
    [InlineData("1.2.3", null)]
    [InlineData("1.2.3.4.5", null)]
    [InlineData("1.2.3.", null)]
    [InlineData(".1.2.3", null)]
    [InlineData("1..2.3", null)]
    [InlineData("01.2.3.4", null)]
    [InlineData("1.2.3.00", null)]
    [InlineData("1.2.3.256", null)]
    [InlineData("1.2.3.1000", null)]
    [InlineData("1.2.3.+4", null)]
    [InlineData("1.2.3.4 ", null)]
    [InlineData(" 1.2.3.4", null)]
    [InlineData("0x1.2.3.4", null)]
    [InlineData("16909060", null)]
    [InlineData(":", null)]
    [InlineData(":::", null)]
    [InlineData(":1", null)]
    [InlineData("1:", null)]
    [InlineData("1::2::3", null)]
    [InlineData("1:::2", null)]
    [InlineData("::1:", null)]
    [InlineData(":1::", null)]
    [InlineData("1:2:3:4:5:6:7", null)]
    [InlineData("1:2:3:4:5:6:7:8:9", null)]
    [InlineData("1:2:3:4:5:6:7:8::", null)]
    [InlineData("::1:2:3:4:5:6:7:8", null)]
    [InlineData("1:2:3:4::5:6:7:8", null)]
    [InlineData("12345::", null)]
    [InlineData("g::", null)]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4", null)]
    [InlineData("::1.2.3", null)]
    [InlineData("::1.2.3.4:5", null)]
    [InlineData("::01.2.3.4", null)]
    [InlineData("1.2.3.4::", null)]
    [InlineData("::a1.2.3.4", null)]
    [InlineData("fe80::1%1", null)]
    [InlineData("[::1]", null)]
    [InlineData("::1]", null)]
    [InlineData("1.2.3.4:5", null)]
    public void An_address_is_read_strictly(string text, string? address) => Assert.Equal(address, Parse(text));

    [Theory]
    [InlineData("1.2.3.4", "01020304")]
    [InlineData("1.2.3.4:0", "01020304")]
    [InlineData("1.2.3.4:65535", "01020304")]
    [InlineData("[::1]", "00000000000000000000000000000001")]
    [InlineData("[::1]:80", "00000000000000000000000000000001")]
    [InlineData("[::ffff:1.2.3.4]:80", "01020304")]
    [InlineData("::1", "00000000000000000000000000000001")]
    [InlineData("::1:80", "00000000000000000000000000010080")]
    [InlineData("1.2.3.4:", null)]
    [InlineData("1.2.3.4:65536", null)]
    [InlineData("1.2.3.4:000080", null)]
    [InlineData("1.2.3.4:+80", null)]
    [InlineData("1.2.3.4:80:90", null)]
    [InlineData("[1.2.3.4]", null)]
    [InlineData("[1.2.3.4]:80", null)]
    [InlineData("[::1", null)]
    [InlineData("[::1]80", null)]
    [InlineData("[::1]:", null)]
    [InlineData("[::1]]", null)]
    [InlineData("[[::1]]", null)]
    [InlineData("[]", null)]
    [InlineData("::1]:80", null)]
    [InlineData(":80", null)]
    [InlineData("host:80", null)]
    public void A_port_and_brackets_are_left_out(string text, string? address)
    {
        var destination = new byte[16];
        int length = IpAddressText.ParseWithPort(Encoding.ASCII.GetBytes(text), destination);
        Assert.Equal(address, length == 0 ? null : Convert.ToHexString(destination, 0, length));
    }

    [Fact]
    public void Every_address_is_read_as_it_was_written_however_it_is_shortened()
    {
        var random = new Random(31);
        for (int round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(4) == 0 ? 4 : 16];
            // Many groups are zero, so that runs of them are left out at every place.
            for (int i = 0; i < bytes.Length; i += 2)
            {
                if (random.Next(2) == 0)
                    random.NextBytes(bytes.AsSpan(i, 2));
            }
            var address = new IPAddress(bytes);
            string expected = Convert.ToHexString((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes());
            Assert.Equal(expected, Parse(address.ToString()));
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                Assert.Equal(expected, Parse(string.Join(':', bytes.Chunk(2).Select(group => $"{group[0]:X2}{group[1]:X2}"))));
        }
    }

    [Fact]
    public void What_the_library_does_not_take_is_not_taken_and_what_both_take_is_the_same()
    {
        var random = new Random(32);
        const string Letters = "0123456789abcdefF:::::....%[] x";
        int taken = 0;
        for (int round = 0; round < 200_000; round++)
        {
            var bytes = new byte[random.Next(2) == 0 ? 4 : 16];
            if (random.Next(2) == 0)
                random.NextBytes(bytes);
            else
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var text = new StringBuilder(new IPAddress(bytes).ToString());
            for (int mutation = random.Next(1, 4); mutation > 0; mutation--)
            {
                int at = random.Next(text.Length);
                char other = Letters[random.Next(Letters.Length)];
                switch (random.Next(3))
                {
                    case 0 when text.Length > 1:
                        text.Remove(at, 1);
                        break;
                    case 1:
                        text.Insert(at, other);
                        break;
                    default:
                        text[at] = other;
                        break;
                }
            }
            string? read = Parse(text.ToString());
            bool isTaken = IPAddress.TryParse(text.ToString(), out IPAddress? address);
            if (read is null)
            {
                // The library takes more: zones, brackets and ports, and IPv4 addresses in octal, in hexadecimal and shortened.
                Assert.True(!isTaken || IsLenient(text.ToString(), address!), text.ToString());
                continue;
            }
            taken++;
            Assert.True(isTaken, text.ToString());
            Assert.Equal(Convert.ToHexString((address!.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes()), read);
        }
        Assert.InRange(taken, 20_000, 180_000);
    }

    private static bool IsLenient(string text, IPAddress address)
    {
        if (text.Contains('%') || text.Contains('[') || text.Contains(']'))
            return true;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return text.Contains('.') && text[(text.LastIndexOf(':') + 1)..].Split('.').Any(octet => octet.Length > 1 && octet[0] == '0');
        return address.ToString() != text;
    }

    private static string? Parse(string text)
    {
        var destination = new byte[16];
        Array.Fill(destination, (byte)0xEE);
        int length = IpAddressText.Parse(Encoding.Latin1.GetBytes(text), destination);
        return length == 0 ? null : Convert.ToHexString(destination, 0, length);
    }
}
