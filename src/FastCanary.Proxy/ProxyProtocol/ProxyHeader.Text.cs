using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <content>Version 1: one line of text (section 2.1).</content>
internal readonly partial record struct ProxyHeader
{
    private static ReadOnlySpan<byte> Prefix => "PROXY "u8;

    private static ReadOnlySpan<byte> Tcp4 => "TCP4 "u8;

    private static ReadOnlySpan<byte> Tcp6 => "TCP6 "u8;

    // What may follow it differs: a space and anything, or the line's end.
    private static ReadOnlySpan<byte> Unknown => "UNKNOWN"u8;

    private static ProxyHeaderStatus ReadText(ReadOnlySpan<byte> input, ref ProxyHeader header)
    {
        if (!Agree(input, Prefix)) return Refuse(ProxyHeaderFault.NotProxy, ref header);
        if (input.Length <= Prefix.Length) return ProxyHeaderStatus.NeedMore;
        var protocol = input[Prefix.Length..];
        var isUnknown = Agree(protocol, Unknown);
        if (!isUnknown && !Agree(protocol, Tcp4) && !Agree(protocol, Tcp6)) return Refuse(ProxyHeaderFault.BadProtocol, ref header);
        if (isUnknown && protocol.Length > Unknown.Length && protocol[Unknown.Length] is not ((byte)' ' or (byte)'\r')) return Refuse(ProxyHeaderFault.BadProtocol, ref header);

        // The CR of the longest line is its last byte but one.
        var line = input[..Math.Min(input.Length, TextBytesMax - 1)];
        var end = line.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0) return line.Length < TextBytesMax - 1 ? ProxyHeaderStatus.NeedMore : Refuse(ProxyHeaderFault.LineTooLong, ref header);
        if (input[end] == (byte)'\n') return Refuse(ProxyHeaderFault.BadLineEnd, ref header);
        if (end + 1 == input.Length) return ProxyHeaderStatus.NeedMore;
        if (input[end + 1] != (byte)'\n') return Refuse(ProxyHeaderFault.BadLineEnd, ref header);
        // What stands behind UNKNOWN is to be ignored.
        if (isUnknown) return Accept(new ProxyHeader(end + 2), ref header);
        return ReadAddresses(input[(Prefix.Length + Tcp4.Length)..end], protocol[3] == (byte)'4', end + 2, ref header);
    }

    /// <param name="text">Two addresses and two ports, with one space between each.</param>
    /// <param name="isIPv4">The family that both are of.</param>
    /// <param name="length">Of the header.</param>
    /// <param name="header">What comes of it.</param>
    private static ProxyHeaderStatus ReadAddresses(ReadOnlySpan<byte> text, bool isIPv4, int length, ref ProxyHeader header)
    {
        Span<byte> both = stackalloc byte[32];
        var source = isIPv4 ? both[..4] : both[..16];
        var destination = both.Slice(16, source.Length);
        if (!TryTakeAddress(ref text, source) || !TryTakeAddress(ref text, destination)) return Refuse(ProxyHeaderFault.BadAddress, ref header);
        var space = text.IndexOf((byte)' ');
        if (space < 0 || !TryParsePort(text[..space], out var sourcePort) || !TryParsePort(text[(space + 1)..], out var destinationPort))
            return Refuse(ProxyHeaderFault.BadPort, ref header);
        return Accept(new ProxyHeader(length, new PeerAddress(source, sourcePort), new PeerAddress(destination, destinationPort)), ref header);
    }

    /// <summary>Takes an address of 4 or 16 bytes, as long as <paramref name="address"/> is, and the space behind it.</summary>
    private static bool TryTakeAddress(ref ReadOnlySpan<byte> text, scoped Span<byte> address)
    {
        var space = text.IndexOf((byte)' ');
        if (space < 0) return false;
        if (!(address.Length == 4 ? IpAddressText.TryParseV4(text[..space], address) : IpAddressText.TryParseV6(text[..space], address))) return false;
        text = text[(space + 1)..];
        return true;
    }

    /// <summary>Decimal, without a leading zero but that of 0.</summary>
    private static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        if (text.Length is 0 or > 5 || (text[0] == (byte)'0' && text.Length > 1)) return false;
        foreach (var digit in text)
        {
            var one = (uint)digit - '0';
            if (one > 9) return false;
            port = (port * 10) + (int)one;
        }

        return port <= ushort.MaxValue;
    }
}
