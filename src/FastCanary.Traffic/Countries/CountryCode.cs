namespace FastCanary.Traffic;

/// <summary>An ISO 3166-1 alpha-2 code, upper case: two ASCII letters in one number. The default is no country.</summary>
public readonly record struct CountryCode
{
    private readonly ushort _letters;

    private CountryCode(byte first, byte second) => _letters = (ushort)((first << 8) | second);

    /// <summary>Whether there is no country.</summary>
    public bool IsNone => _letters == 0;

    /// <summary>Reads two letters of either case.</summary>
    /// <returns>No country where the text is anything else.</returns>
    public static CountryCode Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length != 2) return default;
        int first = text[0] & ~0x20, second = text[1] & ~0x20;
        return IsLetter(first) && IsLetter(second) ? new CountryCode((byte)first, (byte)second) : default;
    }

    /// <summary>The two letters, or nothing.</summary>
    public override string ToString() => IsNone ? "" : $"{(char)(_letters >> 8)}{(char)(_letters & 0xFF)}";

    private static bool IsLetter(int value) => value is >= 'A' and <= 'Z';
}
