using System.Text;

namespace FastCanary.Proxy.Tests;

/// <content>Lines of text (section 2.1).</content>
public sealed partial class ProxyProtocolTests
{
    private const string LongIPv6 = "1111:2222:3333:4444:5555:6666:7777:8888";

    public static TheoryData<string, string, string> ValidLines => new()
    {
        { "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", "192.168.0.1:56324", "192.168.0.11:443" },
        { "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535" },
        { "PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0:0", "0.0.0.0:0" },
        { "PROXY TCP4 10.0.0.1 10.100.20.9 1 10\r\n", "10.0.0.1:1", "10.100.20.9:10" },
        { "PROXY TCP6 2001:db8::1 2001:db8::2 1024 80\r\n", "[2001:db8::1]:1024", "[2001:db8::2]:80" },
        { "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535" },
        { "PROXY TCP6 :: ::1 1 2\r\n", "[::]:1", "[::1]:2" },
        { "PROXY TCP6 1:: 1:2:3:4:5:6:7:: 1 2\r\n", "[1::]:1", "[1:2:3:4:5:6:7:0]:2" },
        { "PROXY TCP6 ::2:3:4:5:6:7:8 1:2:3::5:6:7:8 1 2\r\n", "[0:2:3:4:5:6:7:8]:1", "[1:2:3:0:5:6:7:8]:2" },
        { "PROXY TCP6 FE80::ABCD fe80::abcd 1 2\r\n", "[fe80::abcd]:1", "[fe80::abcd]:2" },
        { "PROXY TCP6 2001:0db8:0000:0000:0000:0000:0000:0001 0:0:0:0:0:0:0:1 1 2\r\n", "[2001:db8::1]:1", "[::1]:2" },
        { "PROXY TCP6 ::ffff:192.0.2.1 2001:db8::1 1 2\r\n", "192.0.2.1:1", "[2001:db8::1]:2" },
        { "PROXY TCP6 ::FFFF:c000:201 64:ff9b::192.0.2.33 1 2\r\n", "192.0.2.1:1", "[64:ff9b::c000:221]:2" },
        { "PROXY TCP6 1:2:3:4:5:6:7.8.9.10 ::1.2.3.4 1 2\r\n", "[1:2:3:4:5:6:708:90a]:1", "[::102:304]:2" },
    };

    public static TheoryData<string> NamelessLines =>
    [
        "PROXY UNKNOWN\r\n",
        "PROXY UNKNOWN \r\n",
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
        "PROXY UNKNOWN  anything\0\xFF may stand here\r\n",
        "PROXY UNKNOWN TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
    ];

    [Theory]
    [MemberData(nameof(ValidLines))]
    public void A_line_names_the_addresses(string line, string source, string destination) => AssertNames(Encoding.Latin1.GetBytes(line), source, destination);

    [Theory]
    [MemberData(nameof(NamelessLines))]
    public void An_unknown_connection_has_its_own_addresses(string line) => AssertNamesNobody(Encoding.Latin1.GetBytes(line));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", "NotProxy")]
    [InlineData("proxy TCP4 1.2.3.4 5.6.7.8 1 2\r\n", "NotProxy")]
    [InlineData(" PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n", "NotProxy")]
    [InlineData("PROXY\tTCP4 1.2.3.4 5.6.7.8 1 2\r\n", "NotProxy")]
    [InlineData("PROXY\r\n", "NotProxy")]
    [InlineData("PROXYTCP4 1.2.3.4 5.6.7.8 1 2\r\n", "NotProxy")]
    [InlineData("\x16\x03\x01\x02\x00", "NotProxy")]
    [InlineData("PROXY  TCP4 1.2.3.4 5.6.7.8 1 2\r\n", "BadProtocol")]
    [InlineData("PROXY \r\n", "BadProtocol")]
    [InlineData("PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n", "BadProtocol")]
    [InlineData("PROXY TCP 1.2.3.4 5.6.7.8 1 2\r\n", "BadProtocol")]
    [InlineData("PROXY TCP4\r\n", "BadProtocol")]
    [InlineData("PROXY TCP46 1.2.3.4 5.6.7.8 1 2\r\n", "BadProtocol")]
    [InlineData("PROXY tcp4 1.2.3.4 5.6.7.8 1 2\r\n", "BadProtocol")]
    [InlineData("PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n", "BadProtocol")]
    [InlineData("PROXY UNKNOWNS\r\n", "BadProtocol")]
    [InlineData("PROXY UNKNOWN\n", "BadProtocol")]
    [InlineData("PROXY unknown\r\n", "BadProtocol")]
    [InlineData("PROXY UNKNOWN a\n\r\n", "BadLineEnd")]
    [InlineData("PROXY UNKNOWN\rX\r\n", "BadLineEnd")]
    [InlineData("PROXY UNKNOWN a\r\r\n", "BadLineEnd")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n", "BadLineEnd")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\rGET", "BadLineEnd")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\r\n", "BadLineEnd")]
    [InlineData("PROXY TCP4 \r\n", "BadAddress")]
    [InlineData("PROXY TCP4 1.2.3.4\r\n", "BadAddress")]
    [InlineData("PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 1.2.3.4  5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 1.2.3.4\t5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 1.2.3.4.5 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 1.2.3. 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 1.2.3.4. 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 .1.2.3 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 1..3.4 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 01.2.3.4 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 1.2.3.00 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 256.2.3.4 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 1.2.3.1000 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 0x1.2.3.4 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 -1.2.3.4 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 16909060 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 ::1 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 1.2.3.4 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 localhost 5.6.7.8 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 1.2.3.4 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 ::1 1.2.3.4 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 : ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 ::: ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 1:::2 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 1::2::3 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 1:2:3:4::5:6:7:8 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7: ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7:8: ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7:8:: ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 :1:2:3:4:5:6:7 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 00001:: ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 g:: ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 [::1] ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 ::ffff:1.2.3 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 ::ffff:01.2.3.4 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 ::1.2.3.4:5 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6:7:1.2.3.4 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP6 1:2:3:4:5:6::1.2.3.4 ::1 1 2\r\n", "BadAddress")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 \r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8  1 2\r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1  2\r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 65536 2\r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 4294967298\r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 00\r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 -2\r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\0\r\n", "BadPort")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 http 2\r\n", "BadPort")]
    public void A_malformed_line_is_refused(string line, string fault) => AssertRefused([.. Encoding.Latin1.GetBytes(line), .. "GET"u8], fault);

    [Theory]
    [InlineData("PROXY UNKNOWN ")]
    [InlineData("PROXY TCP4 ")]
    [InlineData($"PROXY TCP6 {LongIPv6} {LongIPv6} ")]
    public void A_line_without_an_end_within_107_bytes_is_refused(string line)
    {
        var endless = Encoding.Latin1.GetBytes(line.PadRight(300, '1'));
        Assert.Equal(ProxyHeaderStatus.NeedMore, Read(endless.AsSpan(0, ProxyHeader.TextBytesMax - 2)).Status);
        AssertRefused(endless, nameof(ProxyHeaderFault.LineTooLong));
        // A CRLF one byte too late is none.
        endless[ProxyHeader.TextBytesMax - 1] = (byte)'\r';
        endless[ProxyHeader.TextBytesMax] = (byte)'\n';
        AssertRefused(endless, nameof(ProxyHeaderFault.LineTooLong));
        endless[ProxyHeader.TextBytesMax - 2] = (byte)'\r';
        endless[ProxyHeader.TextBytesMax - 1] = (byte)'\n';
        Assert.NotEqual(ProxyHeaderFault.LineTooLong, Read(endless).Header.Fault);
    }
}
