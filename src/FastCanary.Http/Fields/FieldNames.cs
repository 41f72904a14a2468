namespace FastCanary.Http;

/// <summary>Finds which of the known fields a name is, by length and first letter, so that a name of no interest costs one jump.</summary>
internal static class FieldNames
{
    private const int ForwardedPrefixLength = 12;

    /// <summary>Names are case-insensitive (RFC 9110 section 5.1).</summary>
    /// <param name="name">A token of at least one byte.</param>
    internal static FieldName Identify(ReadOnlySpan<byte> name)
    {
        int first = name[0] | 0x20;
        switch (name.Length)
        {
            case 2 when first == 't':
                return Match(name, "te"u8, FieldName.Te);
            case 4 when first == 'h':
                return Match(name, "host"u8, FieldName.Host);
            case 4 when first == 'd':
                return Match(name, "date"u8, FieldName.Date);
            case 6 when first == 'e':
                return Match(name, "expect"u8, FieldName.Expect);
            case 7 when first == 'u':
                return Match(name, "upgrade"u8, FieldName.Upgrade);
            case 7 when first == 't':
                return Match(name, "trailer"u8, FieldName.Trailer);
            case 9 when first == 'f':
                return Match(name, "forwarded"u8, FieldName.Forwarded);
            case 10 when first == 'c':
                return Match(name, "connection"u8, FieldName.Connection);
            case 10 when first == 'k':
                return Match(name, "keep-alive"u8, FieldName.KeepAlive);
            case 12 when first == 'm':
                return Match(name, "max-forwards"u8, FieldName.MaxForwards);
            case 14 when first == 'c':
                return Match(name, "content-length"u8, FieldName.ContentLength);
            case 14 when first == 'h':
                return Match(name, "http2-settings"u8, FieldName.Http2Settings);
            case 16 when first == 'p':
                return Match(name, "proxy-connection"u8, FieldName.ProxyConnection);
            case 17 when first == 't':
                return Match(name, "transfer-encoding"u8, FieldName.TransferEncoding);
            case 18 when first == 'p':
                return Match(name, "proxy-authenticate"u8, FieldName.ProxyAuthenticate);
            case 19 when first == 'p':
                return Match(name, "proxy-authorization"u8, FieldName.ProxyAuthorization);
            case 25 when first == 'p':
                return Match(name, "proxy-authentication-info"u8, FieldName.ProxyAuthenticationInfo);
            case >= ForwardedPrefixLength when first == 'x':
                return IdentifyExtension(name);
            default:
                return FieldName.Other;
        }
    }

    /// <summary>Whether the name equals <paramref name="lower"/>, reading an underscore as a hyphen.</summary>
    internal static bool EqualsFolded(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower)
    {
        if (name.Length != lower.Length) return false;
        for (int i = 0; i < name.Length; i++)
        {
            if (Fold(name[i]) != lower[i]) return false;
        }

        return true;
    }

    /// <summary>The lower-case letter, and a hyphen for an underscore.</summary>
    internal static byte Fold(byte value)
    {
        if (value is >= (byte)'A' and <= (byte)'Z') return (byte)(value | 0x20);
        return value == (byte)'_' ? (byte)'-' : value;
    }

    private static FieldName Match(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower, FieldName known)
    {
        if (Lowercase.Is(name, lower)) return known;
        return EqualsFolded(name, lower) ? FieldName.Alias : FieldName.Other;
    }

    /// <summary>Most extensions that are none of ours differ in their third letter, or in their length.</summary>
    private static FieldName IdentifyExtension(ReadOnlySpan<byte> name)
    {
        int third = name[2] | 0x20;
        switch (name.Length)
        {
            case 12 when third == 'r':
                return Match(name, "x-request-id"u8, FieldName.XRequestId);
            case 16 when third == 'c' && (name[9] | 0x20) == 'v':
                return Match(name, "x-canary-version"u8, FieldName.XCanaryVersion);
            case 16 when third == 'c':
                return Match(name, "x-canary-rescued"u8, FieldName.XCanaryRescued);
            case 17 when third == 'c':
                return Match(name, "x-canary-mirrored"u8, FieldName.XCanaryMirrored);
            default:
                return third == 'f' ? IdentifyForwarded(name) : FieldName.Other;
        }
    }

    private static FieldName IdentifyForwarded(ReadOnlySpan<byte> name)
    {
        if (!EqualsFolded(name[..ForwardedPrefixLength], "x-forwarded-"u8)) return FieldName.Other;
        // Every underscored spelling of the family is an alias, the unknown members' too: a back end folds those like the rest.
        if (name.Contains((byte)'_')) return FieldName.Alias;
        ReadOnlySpan<byte> member = name[ForwardedPrefixLength..];
        if (Lowercase.Is(member, "for"u8)) return FieldName.XForwardedFor;
        if (Lowercase.Is(member, "proto"u8)) return FieldName.XForwardedProto;
        return Lowercase.Is(member, "host"u8) ? FieldName.XForwardedHost : FieldName.XForwardedOther;
    }
}
