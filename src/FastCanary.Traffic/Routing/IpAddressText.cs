using System.Buffers.Binary;

namespace FastCanary.Traffic;

/// <summary>
/// Reads IP addresses strictly and without allocation: what another reader could take for another address is none. The library's parser takes
/// octal, hexadecimal and shortened IPv4 addresses, zones and brackets.
/// </summary>
public static class IpAddressText
{
    private const int V4Bytes = 4;
    private const int V6Bytes = 16;
    private const int PortDigitsMax = 5;

    /// <summary>Reads an IPv4 address (four decimal octets without leading zeros) or an IPv6 one (RFC 4291 section 2.2, without a zone).</summary>
    /// <param name="text">The address and nothing else.</param>
    /// <param name="destination">At least 16 bytes; undefined where nothing was read.</param>
    /// <returns>How many bytes were written, in network order: 4, also for an IPv4 address inside IPv6; 16; 0 where the text is no address.</returns>
    public static int Parse(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (!text.Contains((byte)':'))
            return TryParseV4(text, destination) ? V4Bytes : 0;
        if (!TryParseV6(text, destination))
            return 0;
        if (!IsMapped(destination))
            return V6Bytes;
        destination.Slice(12, V4Bytes).CopyTo(destination);
        return V4Bytes;
    }

    /// <summary>Reads what <see cref="Parse"/> does, and also <c>1.2.3.4:567</c>, <c>[::1]</c> and <c>[::1]:567</c>; the port is checked and left out.</summary>
    /// <param name="text">The address and nothing else.</param>
    /// <param name="destination">At least 16 bytes; undefined where nothing was read.</param>
    /// <returns>As <see cref="Parse"/>.</returns>
    public static int ParseWithPort(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (text.StartsWith("["u8))
        {
            int close = text.IndexOf((byte)']');
            if (close < 0 || !IsPortOrNothing(text[(close + 1)..]))
                return 0;
            ReadOnlySpan<byte> inside = text[1..close];
            return inside.Contains((byte)':') ? Parse(inside, destination) : 0;
        }

        int colon = text.IndexOf((byte)':');
        // One colon is a port's: the shortest IPv6 address has two.
        if (colon < 0 || text[(colon + 1)..].Contains((byte)':'))
            return Parse(text, destination);
        return IsPortOrNothing(text[colon..]) ? Parse(text[..colon], destination) : 0;
    }

    /// <summary>Whether 16 bytes are an IPv4 address inside IPv6 (<c>::ffff:a.b.c.d</c>, RFC 4291 section 2.5.5.2).</summary>
    internal static bool IsMapped(ReadOnlySpan<byte> address) =>
        BinaryPrimitives.ReadUInt64BigEndian(address) == 0 && BinaryPrimitives.ReadUInt32BigEndian(address[8..]) == 0xFFFF;

    private static bool IsPortOrNothing(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return true;
        ReadOnlySpan<byte> digits = text[1..];
        if (text[0] != (byte)':' || digits.Length is 0 or > PortDigitsMax)
            return false;
        int port = 0;
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            port = (port * 10) + (digit - '0');
        }
        return port <= ushort.MaxValue;
    }

    /// <summary>Reads an IPv4 address alone.</summary>
    /// <param name="text">The address and nothing else.</param>
    /// <param name="destination">At least 4 bytes; undefined where nothing was read.</param>
    public static bool TryParseV4(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        int at = 0;
        for (int octet = 0; octet < V4Bytes; octet++)
        {
            if (octet > 0 && (at >= text.Length || text[at++] != (byte)'.'))
                return false;
            int start = at;
            int value = 0;
            while (at < text.Length && at - start < 3 && char.IsAsciiDigit((char)text[at]))
                value = (value * 10) + (text[at++] - '0');
            if (at == start || value > byte.MaxValue || (at - start > 1 && text[start] == (byte)'0'))
                return false;
            destination[octet] = (byte)value;
        }
        return at == text.Length;
    }

    /// <summary>Reads an IPv6 address alone; an IPv4 address inside it stays where it is.</summary>
    /// <param name="text">The address and nothing else.</param>
    /// <param name="destination">At least 16 bytes; undefined where nothing was read.</param>
    public static bool TryParseV6(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        // Groups before a "::" are written from the left; at the end those after it are moved to the right.
        Span<byte> address = destination[..V6Bytes];
        int written = 0;
        int gap = -1;
        int at = 0;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            at = 2;
        }

        while (at < text.Length)
        {
            if (written == V6Bytes)
                return false;
            int digits = CountHexDigits(text[at..]);
            if (at + digits < text.Length && text[at + digits] == (byte)'.')
            {
                if (written > V6Bytes - V4Bytes || !TryParseV4(text[at..], address[written..]))
                    return false;
                written += V4Bytes;
                break;
            }

            if (digits is 0 or > 4)
                return false;
            BinaryPrimitives.WriteUInt16BigEndian(address[written..], ReadHex(text.Slice(at, digits)));
            written += sizeof(ushort);
            at += digits;
            if (at == text.Length)
                break;
            if (text[at++] != (byte)':' || at == text.Length)
                return false;
            if (text[at] != (byte)':')
                continue;
            if (gap >= 0)
                return false;
            gap = written;
            at++;
        }

        if (gap < 0)
            return written == V6Bytes;
        // "::" stands for at least one group.
        if (written == V6Bytes)
            return false;
        int tail = written - gap;
        address.Slice(gap, tail).CopyTo(address[(V6Bytes - tail)..]);
        address[gap..(V6Bytes - tail)].Clear();
        return true;
    }

    private static int CountHexDigits(ReadOnlySpan<byte> text)
    {
        int count = 0;
        while (count < text.Length && char.IsAsciiHexDigit((char)text[count]))
            count++;
        return count;
    }

    private static ushort ReadHex(ReadOnlySpan<byte> digits)
    {
        int value = 0;
        foreach (byte digit in digits)
            value = (value << 4) | (digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        return (ushort)value;
    }
}
