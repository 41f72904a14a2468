namespace FastCanary.Http;

/// <summary>uri-host [":" port], as Host fields and the authority of an http URI have it (RFC 9110 section 7.2, RFC 3986 section 3.2).</summary>
internal static class HostSyntax
{
    /// <summary>Longer names cannot be resolved (RFC 1035 section 2.3.4).</summary>
    private const int HostBytesMax = 255;

    /// <summary>Digits of the largest port; a longer number can wrap around in somebody's 16 bits.</summary>
    private const int PortDigitsMax = 5;

    /// <summary>Whether the bytes name a host, with a port or without; an empty host, user information and an IPv6 zone do not.</summary>
    internal static bool IsValid(ReadOnlySpan<byte> authority)
    {
        if (authority.IsEmpty) return false;
        if (authority[0] == (byte)'[') return IsIpLiteral(authority);
        int hostLength = authority.IndexOfAnyExcept(ByteSets.RegName);
        while (hostLength >= 0 && authority[hostLength] == (byte)'%')
        {
            if (!IsEscape(authority[hostLength..])) return false;
            int rest = authority[(hostLength + 3)..].IndexOfAnyExcept(ByteSets.RegName);
            hostLength = rest < 0 ? -1 : hostLength + 3 + rest;
        }

        if (hostLength < 0) return authority.Length <= HostBytesMax;
        return hostLength is > 0 and <= HostBytesMax && IsPort(authority[hostLength..]);
    }

    private static bool IsEscape(ReadOnlySpan<byte> bytes) => bytes.Length >= 3 && char.IsAsciiHexDigit((char)bytes[1]) && char.IsAsciiHexDigit((char)bytes[2]);

    /// <summary>A colon, and digits or nothing (RFC 3986 section 3.2.3).</summary>
    private static bool IsPort(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] != (byte)':') return false;
        ReadOnlySpan<byte> digits = bytes[1..];
        if (digits.IsEmpty) return true;
        return digits.Length <= PortDigitsMax && Decimal64.TryParse(digits, out long port) && port <= ushort.MaxValue;
    }

    private static bool IsIpLiteral(ReadOnlySpan<byte> authority)
    {
        int close = authority.IndexOf((byte)']');
        if (close < 0 || !IsIpv6(authority[1..close])) return false;
        return close + 1 == authority.Length || IsPort(authority[(close + 1)..]);
    }

    /// <summary>Eight groups of 1 to 4 hexadecimal digits, the last two possibly an IPv4 address, one run of zero groups possibly left out (RFC 3986 section 3.2.2).</summary>
    private static bool IsIpv6(ReadOnlySpan<byte> text)
    {
        int groups = 0;
        bool compressed = text.StartsWith("::"u8);
        if (compressed) text = text[2..];
        if (text.IsEmpty) return compressed;
        while (true)
        {
            int length = text.IndexOf((byte)':');
            ReadOnlySpan<byte> group = length < 0 ? text : text[..length];
            if (length < 0 && group.Contains((byte)'.'))
            {
                if (!IsIpv4(group)) return false;
                groups += 2;
                break;
            }

            if (!IsGroup(group)) return false;
            groups++;
            if (length < 0) break;
            text = text[(length + 1)..];
            if (text.IsEmpty) return false;
            if (text[0] != (byte)':') continue;
            if (compressed) return false;
            compressed = true;
            text = text[1..];
            if (text.IsEmpty) break;
        }

        return compressed ? groups <= 7 : groups == 8;
    }

    private static bool IsGroup(ReadOnlySpan<byte> group)
    {
        if (group.Length is 0 or > 4) return false;
        foreach (byte digit in group)
        {
            if (!char.IsAsciiHexDigit((char)digit)) return false;
        }

        return true;
    }

    /// <summary>Four decimal octets without leading zeros: with them, some readers take an octet for octal.</summary>
    private static bool IsIpv4(ReadOnlySpan<byte> text)
    {
        for (int octets = 1; ; octets++)
        {
            int dot = text.IndexOf((byte)'.');
            ReadOnlySpan<byte> octet = dot < 0 ? text : text[..dot];
            if (octet.Length > 3 || (octet.Length > 1 && octet[0] == (byte)'0')) return false;
            if (!Decimal64.TryParse(octet, out long value) || value > byte.MaxValue) return false;
            if (dot < 0) return octets == 4;
            if (octets == 4) return false;
            text = text[(dot + 1)..];
        }
    }
}
