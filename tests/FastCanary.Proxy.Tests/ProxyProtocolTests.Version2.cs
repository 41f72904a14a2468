using System.Buffers.Binary;

namespace FastCanary.Proxy.Tests;

/// <content>Binary headers (section 2.2), in hexadecimal.</content>
public sealed partial class ProxyProtocolTests
{
    private const string Start = "0d0a0d0a000d0a515549540a";
    private const string IPv4Block = "c0000201" + "c6336402" + "0400" + "01bb";
    private const string IPv6Block = "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + "0001" + "ffff";

    // Of haproxy 2.6 with proxy-v2-options crc32c.
    private const string FromHAProxy = Start + "21110013" + "7f000001" + "7f000001" + "e58a" + "3e1f" + "030004";

    private const string WithWrongChecksum = FromHAProxy + "d92481b8";

    private static string Unix => new('0', 2 * 216);

    public static TheoryData<string, string, string> ValidBlocks => new()
    {
        { Start + "2111000c" + IPv4Block, "192.0.2.1:1024", "198.51.100.2:443" },
        { Start + "21210024" + IPv6Block, "[2001:db8::1]:1", "[2001:db8::2]:65535" },
        { Start + "2111000c" + "000000000000000000000000", "0.0.0.0:0", "0.0.0.0:0" },
        { Start + "21210024" + "00000000000000000000ffffc0000201" + "20010db8000000000000000000000002" + "00010002", "192.0.2.1:1", "[2001:db8::2]:2" },
        // TLVs: an empty one, one of a type that nobody knows, one of every registered type but the checksum.
        { Start + "2111000f" + IPv4Block + "040000", "192.0.2.1:1024", "198.51.100.2:443" },
        { Start + "21110014" + IPv4Block + "ee0005" + "0102030405", "192.0.2.1:1024", "198.51.100.2:443" },
        { Start + "2111002d" + IPv4Block + "0100026832" + "02000161" + "040002ffff" + "05000475756964" + "20000500000000ff" + "300001fe", "192.0.2.1:1024", "198.51.100.2:443" },
        { Start + "2121002a" + IPv6Block + "040000" + "040000", "[2001:db8::1]:1", "[2001:db8::2]:65535" },
        { FromHAProxy + "d92481b9", "127.0.0.1:58762", "127.0.0.1:15903" },
        { Checked(Start + "21110013" + IPv4Block + "030004" + "00000000"), "192.0.2.1:1024", "198.51.100.2:443" },
        { Checked(Start + "2111001a" + IPv4Block + "030004" + "00000000" + "040004" + "00112233"), "192.0.2.1:1024", "198.51.100.2:443" },
        { Checked(Start + "2121002f" + IPv6Block + "0400015a" + "030004" + "00000000"), "[2001:db8::1]:1", "[2001:db8::2]:65535" },
        { Start + "21111000" + IPv4Block + "040ff1" + new string('a', 2 * 0xff1), "192.0.2.1:1024", "198.51.100.2:443" },
    };

    public static TheoryData<string> NamelessBlocks =>
    [
        // LOCAL: whatever its family and block are.
        Start + "20000000",
        Start + "2011000c" + IPv4Block,
        Start + "20210024" + IPv6Block,
        Start + "20110001" + "ff",
        Start + "20ff0003" + "ffffff",
        Start + "20000007" + "030004" + "00000000",
        Start + "20001000" + new string('f', 2 * 4096),
        // PROXY without a family or a transport.
        Start + "21000000",
        Start + "21000005" + "ffffffffff",
        Start + "21010000",
        Start + "21100004" + "c0000201",
        Start + "21200000",
        // Connections that cannot be this one: datagrams, UNIX sockets.
        Start + "2112000c" + IPv4Block,
        Start + "21220024" + IPv6Block,
        Start + "213100d8" + Unix,
        Start + "213200d8" + Unix,
        Start + "213100db" + Unix + "040000",
    ];

    [Theory]
    [MemberData(nameof(ValidBlocks))]
    public void A_block_names_the_addresses(string hex, string source, string destination) => AssertNames(Convert.FromHexString(hex), source, destination);

    [Theory]
    [MemberData(nameof(NamelessBlocks))]
    public void A_local_or_foreign_connection_has_its_own_addresses(string hex) => AssertNamesNobody(Convert.FromHexString(hex));

    [Theory]
    [InlineData("0d0a0d0a000d0a515549540d", "NotProxy")]
    [InlineData("0d0a0d0a0a", "NotProxy")]
    [InlineData(Start + "1111000c" + IPv4Block, "UnsupportedVersion")]
    [InlineData(Start + "3111000c" + IPv4Block, "UnsupportedVersion")]
    [InlineData(Start + "0111000c" + IPv4Block, "UnsupportedVersion")]
    [InlineData(Start + "2211000c" + IPv4Block, "UnknownCommand")]
    [InlineData(Start + "2f11000c" + IPv4Block, "UnknownCommand")]
    [InlineData(Start + "2141000c" + IPv4Block, "UnknownFamily")]
    [InlineData(Start + "21f1000c" + IPv4Block, "UnknownFamily")]
    [InlineData(Start + "2113000c" + IPv4Block, "UnknownFamily")]
    [InlineData(Start + "210f0000", "UnknownFamily")]
    [InlineData(Start + "21111001", "HeaderTooLong")]
    [InlineData(Start + "2111ffff" + IPv4Block, "HeaderTooLong")]
    [InlineData(Start + "20001001", "HeaderTooLong")]
    [InlineData(Start + "2111000b" + IPv4Block, "AddressesCut")]
    [InlineData(Start + "21110000", "AddressesCut")]
    [InlineData(Start + "21210023" + IPv6Block, "AddressesCut")]
    [InlineData(Start + "2121000c" + IPv4Block, "AddressesCut")]
    [InlineData(Start + "2112000b" + IPv4Block, "AddressesCut")]
    [InlineData(Start + "213100d7", "AddressesCut")]
    [InlineData(Start + "2111000d" + IPv4Block + "04", "BadVector")]
    [InlineData(Start + "2111000e" + IPv4Block + "0400", "BadVector")]
    [InlineData(Start + "2111000f" + IPv4Block + "040001", "BadVector")]
    [InlineData(Start + "21110011" + IPv4Block + "04ffff" + "0000", "BadVector")]
    [InlineData(Start + "21110010" + IPv4Block + "040000" + "04", "BadVector")]
    [InlineData(Start + "21120010" + IPv4Block + "04ffff" + "00", "BadVector")]
    [InlineData(Start + "2111000f" + IPv4Block + "030000", "BadVector")]
    [InlineData(Start + "21110012" + IPv4Block + "030003" + "000000", "BadVector")]
    [InlineData(Start + "21110014" + IPv4Block + "030005" + "0000000000", "BadVector")]
    [InlineData(Start + "2111001a" + IPv4Block + "030004" + "00000000" + "030004" + "00000000", "BadVector")]
    [InlineData(Start + "21110013" + IPv4Block + "030004" + "00000000", "BadChecksum")]
    [InlineData(WithWrongChecksum, "BadChecksum")]
    public void A_malformed_block_is_refused(string hex, string fault) => AssertRefused([.. Convert.FromHexString(hex), .. "GET"u8], fault);

    [Fact]
    public void A_checksum_shows_each_bit_that_was_changed()
    {
        var valid = Convert.FromHexString(Checked(Start + "21210030" + IPv6Block + "030004" + "00000000" + "040002" + "abcd"));
        Assert.Equal(ProxyHeaderStatus.Done, Read(valid).Status);
        // Behind the fixed part, whose changes are refused for what they are.
        for (var bit = 16 * 8; bit < valid.Length * 8; bit++)
        {
            var changed = (byte[])valid.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            // Another type: then it is no checksum.
            if (bit / 8 == 16 + 36) continue;
            Assert.Equal(ProxyHeaderStatus.Invalid, Read(changed).Status);
        }
    }

    [Fact]
    public void The_checksum_is_crc32c() => Assert.Equal(0xE3069283, Crc32C("123456789"u8));

    /// <summary>With the right checksum in the place of its zeros.</summary>
    private static string Checked(string hex)
    {
        var header = Convert.FromHexString(hex);
        ReadOnlySpan<byte> vector = [3, 0, 4, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(header.AsSpan().LastIndexOf(vector) + 3), Crc32C(header));
        return Convert.ToHexStringLower(header);
    }

    // RFC 4960, appendix B, bit by bit.
    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }

        return ~crc;
    }
}
