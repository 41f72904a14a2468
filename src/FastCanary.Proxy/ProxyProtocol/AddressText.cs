namespace FastCanary.Proxy;

/// <summary>
/// IP addresses as text, read strictly: the forms of inet_pton, no other. The library's parsers also take octal and hexadecimal parts, brackets and zones.
/// </summary>
internal static class AddressText
{
    private const int IPv4Bytes = 4;
    private const int IPv6Bytes = 16;

    /// <summary>Four decimal numbers up to 255 without leading zeros, and one dot between each.</summary>
    /// <param name="text">All of it.</param>
    /// <param name="address">At least 4 bytes; undefined where the text is refused.</param>
    public static bool TryParseIPv4(ReadOnlySpan<byte> text, Span<byte> address)
    {
        for (var i = 0; i < IPv4Bytes; i++)
        {
            var end = i < IPv4Bytes - 1 ? text.IndexOf((byte)'.') : text.Length;
            if (end < 0 || !TryParseNumber(text[..end], digitsMax: 3, out var number) || number > byte.MaxValue) return false;
            address[i] = (byte)number;
            if (end < text.Length) text = text[(end + 1)..];
        }

        return true;
    }

    /// <summary>
    /// RFC 4291, 2.2: eight groups of one to four hexadecimal digits; once, two colons for one or more groups of zeros; the last two groups may be
    /// an IPv4 address.
    /// </summary>
    /// <param name="text">All of it.</param>
    /// <param name="address">16 bytes; undefined where the text is refused.</param>
    public static bool TryParseIPv6(ReadOnlySpan<byte> text, Span<byte> address)
    {
        var length = 0;
        var gap = -1;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            text = text[2..];
        }

        while (!text.IsEmpty)
        {
            if (length == IPv6Bytes) return false;
            var (digits, group) = HexGroup(text);
            if (digits < text.Length && text[digits] == (byte)'.')
            {
                if (length > IPv6Bytes - IPv4Bytes || !TryParseIPv4(text, address[length..])) return false;
                length += IPv4Bytes;
                break;
            }

            if (digits == 0) return false;
            address[length] = (byte)(group >> 8);
            address[length + 1] = (byte)group;
            length += 2;
            text = text[digits..];
            if (text.IsEmpty) break;
            if (text[0] != (byte)':' || text.Length == 1) return false;
            text = text[1..];
            if (text[0] != (byte)':') continue;
            if (gap >= 0) return false;
            gap = length;
            text = text[1..];
        }

        if (gap < 0) return length == IPv6Bytes;
        if (length == IPv6Bytes) return false;
        // What stands behind the two colons belongs at the end.
        var behind = length - gap;
        address[gap..length].CopyTo(address[(IPv6Bytes - behind)..]);
        address[gap..(IPv6Bytes - behind)].Clear();
        return true;
    }

    /// <summary>1 to <paramref name="digitsMax"/> (at most 9) decimal digits; no leading zero but that of 0.</summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> digits, int digitsMax, out int value)
    {
        value = 0;
        if (digits.IsEmpty || digits.Length > digitsMax || (digits[0] == (byte)'0' && digits.Length > 1)) return false;
        foreach (var digit in digits)
        {
            var one = (uint)digit - '0';
            if (one > 9) return false;
            value = (value * 10) + (int)one;
        }

        return true;
    }

    /// <returns>Up to four digits and their value. A fifth digit is left: no colon, it is refused.</returns>
    private static (int Digits, int Value) HexGroup(ReadOnlySpan<byte> text)
    {
        var (digits, value) = (0, 0);
        while (digits < 4 && digits < text.Length && HexValue(text[digits]) is >= 0 and var digit)
        {
            value = (value << 4) | digit;
            digits++;
        }

        return (digits, value);
    }

    private static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}
