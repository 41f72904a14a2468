using System.Net;
using System.Text;
using FastCanary.Transport;

namespace FastCanary.Proxy.Tests;

/// <summary>PROXY headers of both versions: what every reading and writing keeps. The tables are by version.</summary>
public sealed partial class ProxyProtocolTests
{
    private static readonly byte[][] ValidHeaders =
    [
        .. ValidLines.Select(static row => Encoding.Latin1.GetBytes(row.Data.Item1)),
        .. NamelessLines.Select(static row => Encoding.Latin1.GetBytes(row.Data)),
        .. ValidBlocks.Select(static row => Convert.FromHexString(row.Data.Item1)),
        .. NamelessBlocks.Select(static row => Convert.FromHexString(row.Data)),
    ];

    [Fact]
    public void Every_prefix_of_a_header_needs_more_and_the_header_ends_where_it_ends()
    {
        Assert.True(ValidHeaders.Length >= 30);
        foreach (var header in ValidHeaders)
        {
            byte[] behind = [.. header, .. "PROXY TCP4 GET / HTTP/1.1\r\n\r\n"u8];
            for (var length = 0; length < header.Length; length++) Assert.Equal((ProxyHeaderStatus.NeedMore, default), Read(behind.AsSpan(0, length)));
            var (status, read) = Read(behind.AsSpan(0, header.Length));
            Assert.Equal(ProxyHeaderStatus.Done, status);
            Assert.Equal(header.Length, read.Length);
            Assert.Equal(ProxyHeaderFault.None, read.Fault);
            for (var length = header.Length; length <= behind.Length; length++) Assert.Equal((status, read), Read(behind.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Bytes_that_begin_neither_version_are_refused_at_the_first_that_differs()
    {
        foreach (var beginning in (byte[][])["PROXY "u8.ToArray(), ProxyHeader.Signature.ToArray()])
        {
            for (var at = 0; at < beginning.Length; at++)
            {
                for (var value = 0; value < 256; value++)
                {
                    var isOther = at == 0 && (value == 'P' || value == '\r');
                    if (value == beginning[at] || isOther) continue;
                    var (status, header) = Read([.. beginning[..at], (byte)value]);
                    Assert.Equal(ProxyHeaderStatus.Invalid, status);
                    Assert.Equal(ProxyHeaderFault.NotProxy, header.Fault);
                    Assert.Equal(0, header.Length);
                }
            }
        }
    }

    [Theory]
    [InlineData("192.0.2.1", 1024, "198.51.100.255", 443, "PROXY TCP4 192.0.2.1 198.51.100.255 1024 443\r\n")]
    [InlineData("0.0.0.0", 0, "255.255.255.255", 65535, "PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n")]
    [InlineData("2001:db8::17", 1, "::1", 80, "PROXY TCP6 2001:db8::17 ::1 1 80\r\n")]
    [InlineData("::", 0, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535, "PROXY TCP6 :: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 0 65535\r\n")]
    [InlineData("192.0.2.1", 5, "2001:db8::1", 6, "PROXY TCP6 ::ffff:192.0.2.1 2001:db8::1 5 6\r\n")]
    [InlineData("2001:db8::1", 5, "192.0.2.1", 6, "PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 5 6\r\n")]
    public void Version_1_is_written_so(string source, int sourcePort, string destination, int destinationPort, string line)
    {
        var to = new byte[ProxyHeaderWriter.BytesMax];
        var length = ProxyHeaderWriter.WriteV1(Address(source, sourcePort), Address(destination, destinationPort), to);
        Assert.Equal(line, Encoding.Latin1.GetString(to, 0, length));
    }

    [Theory]
    [InlineData("192.0.2.1", 1024, "198.51.100.255", 443, "0d0a0d0a000d0a515549540a2111000cc0000201c63364ff040001bb")]
    [InlineData("2001:db8::17", 1, "::1", 80, "0d0a0d0a000d0a515549540a2121002420010db80000000000000000000000170000000000000000000000000000000100010050")]
    [InlineData("192.0.2.1", 5, "2001:db8::1", 6, "0d0a0d0a000d0a515549540a2121002400000000000000000000ffffc000020120010db800000000000000000000000100050006")]
    [InlineData("2001:db8::1", 5, "192.0.2.1", 6, "0d0a0d0a000d0a515549540a2121002420010db800000000000000000000000100000000000000000000ffffc000020100050006")]
    public void Version_2_is_written_so(string source, int sourcePort, string destination, int destinationPort, string hex)
    {
        var to = new byte[ProxyHeaderWriter.BytesMax];
        var length = ProxyHeaderWriter.WriteV2(Address(source, sourcePort), Address(destination, destinationPort), to);
        Assert.Equal(hex, Convert.ToHexStringLower(to.AsSpan(0, length)));
    }

    [Fact]
    public void What_is_written_is_read_again_and_the_longest_fits()
    {
        var random = new Random(20);
        var to = new byte[ProxyHeaderWriter.BytesMax];
        var longest = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var source = RandomAddress(random);
            var destination = RandomAddress(random);
            var isFirst = i % 2 == 0;
            var length = isFirst ? ProxyHeaderWriter.WriteV1(source, destination, to) : ProxyHeaderWriter.WriteV2(source, destination, to);
            longest = Math.Max(longest, length);
            var (status, header) = Read(to.AsSpan(0, length));
            Assert.Equal(ProxyHeaderStatus.Done, status);
            Assert.Equal(length, header.Length);
            Assert.False(header.IsLocal);
            Assert.Equal(source, header.Source);
            Assert.Equal(destination, header.Destination);
            Assert.Equal(ProxyHeaderStatus.NeedMore, Read(to.AsSpan(0, length - 1)).Status);
        }

        Assert.Equal(ProxyHeaderWriter.BytesMax, longest);
    }

    [Fact]
    public void Reading_and_writing_allocates_nothing()
    {
        byte[][] inputs = [.. ValidHeaders, "GET / HTTP/1.1\r\n"u8.ToArray(), "PROXY TCP4 1.2.3.4 5.6.7.8 1 x\r\n"u8.ToArray(), Convert.FromHexString(WithWrongChecksum)];
        var to = new byte[ProxyHeaderWriter.BytesMax];
        var source = Address("192.0.2.1", 1);
        var destination = Address("2001:db8::1", 2);
        for (var i = 0; i < 3; i++) Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run()
        {
            foreach (var input in inputs) ProxyHeader.Read(input, out _);
            ProxyHeaderWriter.WriteV1(source, destination, to);
            ProxyHeaderWriter.WriteV2(source, destination, to);
        }
    }

    [Fact]
    public void Every_fault_has_its_text()
    {
        foreach (var fault in Enum.GetValues<ProxyHeaderFault>()) Assert.Equal(fault == ProxyHeaderFault.None, ProxyHeaderFaults.TextOf(fault).Length == 0);
        Assert.Contains($" {ProxyHeader.TextBytesMax} ", ProxyHeaderFaults.TextOf(ProxyHeaderFault.LineTooLong), StringComparison.Ordinal);
        Assert.Contains($" {ProxyHeader.BytesMax} ", ProxyHeaderFaults.TextOf(ProxyHeaderFault.HeaderTooLong), StringComparison.Ordinal);
    }

    private static (ProxyHeaderStatus Status, ProxyHeader Header) Read(ReadOnlySpan<byte> input)
    {
        var status = ProxyHeader.Read(input, out var header);
        return (status, header);
    }

    private static PeerAddress Address(string address, int port) => new(IPAddress.Parse(address).GetAddressBytes(), port);

    private static PeerAddress RandomAddress(Random random)
    {
        var bytes = new byte[random.Next(2) == 0 ? 4 : 16];
        random.NextBytes(bytes);
        for (var group = 0; bytes.Length == 16 && group < 16; group += 2)
            if (random.Next(6) == 0) bytes[group] = bytes[group + 1] = 0;
        return new PeerAddress(bytes, random.Next(65536));
    }

    private static void AssertNames(ReadOnlySpan<byte> input, string source, string destination)
    {
        var (status, header) = Read(input);
        Assert.Equal(ProxyHeaderStatus.Done, status);
        Assert.False(header.IsLocal);
        var expectedSource = IPEndPoint.Parse(source);
        var expectedDestination = IPEndPoint.Parse(destination);
        Assert.Equal(new PeerAddress(expectedSource.Address.GetAddressBytes(), expectedSource.Port), header.Source);
        Assert.Equal(new PeerAddress(expectedDestination.Address.GetAddressBytes(), expectedDestination.Port), header.Destination);
    }

    private static void AssertNamesNobody(ReadOnlySpan<byte> input)
    {
        var (status, header) = Read(input);
        Assert.Equal(ProxyHeaderStatus.Done, status);
        Assert.True(header.IsLocal);
        Assert.Equal(default, header.Source);
        Assert.Equal(default, header.Destination);
        Assert.Equal(input.Length, header.Length);
    }

    /// <summary>Refused for that reason, from some byte on, and the same whatever follows.</summary>
    private static void AssertRefused(byte[] input, string fault)
    {
        var length = 1;
        while (length <= input.Length && Read(input.AsSpan(0, length)).Status == ProxyHeaderStatus.NeedMore) length++;
        Assert.True(length <= input.Length, "it is not refused");
        for (; length <= input.Length; length++)
        {
            var (status, header) = Read(input.AsSpan(0, length));
            Assert.Equal(ProxyHeaderStatus.Invalid, status);
            Assert.Equal(fault, header.Fault.ToString());
            Assert.Equal(0, header.Length);
        }
    }
}
