using System.Buffers;

namespace FastCanary.Http;

/// <summary>The byte classes of RFC 3986, 9110 and 9112, as vectorised search sets.</summary>
internal static class ByteSets
{
    internal const byte Tab = (byte)'\t';
    internal const byte Lf = (byte)'\n';
    internal const byte Cr = (byte)'\r';
    internal const byte Space = (byte)' ';

    /// <summary>tchar, RFC 9110 section 5.6.2.</summary>
    internal static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>What ends the scan of a field value: its CR, and every byte that must not be in it (RFC 9110 section 5.5). HTAB and obs-text are not here.</summary>
    internal static readonly SearchValues<byte> ValueStops = SearchValues.Create(
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F,
        0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F, 0x7F,
    ]);

    /// <summary>
    /// What may stand in a request target: pchar, "/", "?", "%" (RFC 3986 section 3.3), and the square brackets that real clients leave unescaped in a query.
    /// Whether a percent sign begins a valid escape is the origin's to judge.
    /// </summary>
    internal static readonly SearchValues<byte> Target =
        SearchValues.Create("-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!$&'()*+,;=:@/?%[]"u8);

    /// <summary>reg-name without pct-encoded: unreserved and sub-delims (RFC 3986 section 3.2.2).</summary>
    internal static readonly SearchValues<byte> RegName =
        SearchValues.Create("-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!$&'()*+,;="u8);

    internal static bool IsToken(byte value) => Token.Contains(value);

    /// <summary>Whether the bytes are a token: one tchar or more.</summary>
    internal static bool IsToken(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && bytes.IndexOfAnyExcept(Token) < 0;

    /// <summary>The bytes without the optional white space (SP, HTAB) around them.</summary>
    internal static ReadOnlySpan<byte> TrimOws(ReadOnlySpan<byte> bytes)
    {
        int start = 0, end = bytes.Length;
        while (start < end && bytes[start] is Space or Tab) start++;
        while (end > start && bytes[end - 1] is Space or Tab) end--;
        return bytes[start..end];
    }
}
