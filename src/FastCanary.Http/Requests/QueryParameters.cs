namespace FastCanary.Http;

/// <summary>
/// The parameters of a query, as forms write them: <c>a=1&amp;b=2</c>. A plus sign is a space, and names and values are compared percent-decoded;
/// an escape that is malformed stands for itself. A parameter without an equals sign has an empty value. Names are case-sensitive.
/// </summary>
public static class QueryParameters
{
    /// <summary>How many parameters of a request are looked at; those behind them count as absent. It bounds what a hostile request costs for each name that is asked for.</summary>
    public const int WalkedMax = 256;

    private const int EscapeBytes = 3;

    /// <summary>The first parameter of a name. No allocation.</summary>
    /// <param name="query">What follows the question mark: <see cref="RequestHead.Query"/>.</param>
    /// <param name="name">The name, decoded.</param>
    /// <param name="rawValue">The value as it was sent; empty if there is no such parameter.</param>
    public static bool TryGet(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> rawValue)
    {
        QueryValues values = All(query, name);
        bool found = values.MoveNext();
        rawValue = found ? values.Current : default;
        return found;
    }

    /// <summary>The raw values of all parameters of a name, in their order. No allocation.</summary>
    /// <inheritdoc cref="TryGet"/>
    public static QueryValues All(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name) => new(query, name);

    /// <summary>Whether decoding changes anything.</summary>
    public static bool IsEscaped(ReadOnlySpan<byte> raw) => raw.IndexOfAny((byte)'%', (byte)'+') >= 0;

    /// <summary>Whether the bytes are, decoded, exactly these.</summary>
    public static bool DecodedEquals(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> expected) =>
        IsEscaped(raw) ? TryStrip(raw, expected, out ReadOnlySpan<byte> rest) && rest.IsEmpty : raw.SequenceEqual(expected);

    /// <summary>Whether the bytes begin, decoded, with these.</summary>
    public static bool DecodedStartsWith(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> prefix) =>
        IsEscaped(raw) ? TryStrip(raw, prefix, out _) : raw.StartsWith(prefix);

    /// <summary>Decodes.</summary>
    /// <param name="raw">A name or a value as it was sent.</param>
    /// <param name="destination">Where the decoded bytes go; never more than there are raw ones.</param>
    /// <param name="written">How many they are.</param>
    /// <returns>False if they do not fit; what was written is then of no use.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> raw, Span<byte> destination, out int written)
    {
        written = 0;
        while (!raw.IsEmpty)
        {
            if (written == destination.Length) return false;
            destination[written++] = Next(ref raw);
        }

        return true;
    }

    private static bool TryStrip(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> rest)
    {
        rest = raw;
        foreach (byte expected in prefix)
        {
            if (rest.IsEmpty || Next(ref rest) != expected) return false;
        }

        return true;
    }

    /// <summary>The next decoded byte of what is not empty.</summary>
    private static byte Next(ref ReadOnlySpan<byte> raw)
    {
        byte value = raw[0];
        int taken = 1;
        if (value == (byte)'+')
        {
            value = ByteSets.Space;
        }
        else if (value == (byte)'%' && raw.Length >= EscapeBytes && char.IsAsciiHexDigit((char)raw[1]) && char.IsAsciiHexDigit((char)raw[2]))
        {
            value = (byte)((Digit(raw[1]) << 4) | Digit(raw[2]));
            taken = EscapeBytes;
        }

        raw = raw[taken..];
        return value;
    }

    private static int Digit(byte hex) => hex <= (byte)'9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
