namespace FastCanary.Http;

/// <summary>
/// The cookies of a request (RFC 6265 sections 4.2 and 5.4). Several Cookie lines are read one after the other. Names are case-sensitive, quotes are part of a value,
/// white space around names and values is not, and a pair without an equals sign is no cookie.
/// </summary>
public static class CookieFields
{
    /// <summary>How many cookies of a request are looked at; those behind them count as absent. It bounds what a hostile request costs for each name that is asked for.</summary>
    public const int WalkedMax = 256;

    /// <summary>The first cookie of a name. No allocation.</summary>
    /// <param name="head">A parsed head.</param>
    /// <param name="bytes">The bytes that it was parsed from.</param>
    /// <param name="name">The cookie's name.</param>
    /// <param name="value">Its value, possibly empty; empty if there is no such cookie.</param>
    public static bool TryGet(RequestHead head, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        CookieValues values = All(head, bytes, name);
        bool found = values.MoveNext();
        value = found ? values.Current : default;
        return found;
    }

    /// <summary>The values of all cookies of a name, in the order received. No allocation.</summary>
    /// <inheritdoc cref="TryGet"/>
    public static CookieValues All(RequestHead head, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name) => new(head, bytes, name);
}
