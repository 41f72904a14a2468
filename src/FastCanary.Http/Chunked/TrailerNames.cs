namespace FastCanary.Http;

/// <summary>
/// Which trailer fields are harmless (RFC 9110 section 6.5.1): those that nobody needs before the content, for framing, routing,
/// authentication, request modifiers, response control or to know what the content is. Underscores count as hyphens.
/// </summary>
internal static class TrailerNames
{
    /// <summary>Whether a trailer of this name may only stand in a header section.</summary>
    internal static bool IsForbidden(ReadOnlySpan<byte> name)
    {
        if (FieldNames.Identify(name) != FieldName.Other) return true;
        if (StartsWith(name, "content-"u8)) return !FieldNames.EqualsFolded(name, "content-digest"u8);
        return StartsWith(name, "if-"u8) || StartsWith(name, "accept"u8) || StartsWith(name, "access-control-"u8) || StartsWith(name, "sec-"u8)
            || StartsWith(name, "proxy-"u8) || StartsWith(name, "x-forwarded"u8) || IsListed(name);
    }

    private static bool IsListed(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 => Is(name, "via"u8) || Is(name, "age"u8),
        4 => Is(name, "vary"u8) || Is(name, "from"u8),
        5 => Is(name, "range"u8) || Is(name, "allow"u8),
        6 => Is(name, "cookie"u8) || Is(name, "origin"u8) || Is(name, "pragma"u8),
        7 => Is(name, "expires"u8) || Is(name, "referer"u8) || Is(name, "warning"u8) || Is(name, "alt-svc"u8),
        8 => Is(name, "location"u8),
        9 => Is(name, "forwarded"u8) || Is(name, "x-real-ip"u8),
        10 => Is(name, "set-cookie"u8) || Is(name, "user-agent"u8),
        11 => Is(name, "retry-after"u8) || Is(name, "traceparent"u8),
        12 => Is(name, "x-request-id"u8),
        13 => Is(name, "authorization"u8) || Is(name, "cache-control"u8) || Is(name, "last-modified"u8),
        16 => Is(name, "www-authenticate"u8),
        22 => Is(name, "x-http-method-override"u8),
        25 => Is(name, "strict-transport-security"u8),
        _ => false,
    };

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower) => FieldNames.EqualsFolded(name, lower);

    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower) =>
        name.Length >= lower.Length && FieldNames.EqualsFolded(name[..lower.Length], lower);
}
