using System.Buffers.Binary;

namespace FastCanary.Traffic;

/// <summary>
/// Reads values of a MaxMind DB's data section, or of its metadata (MaxMind DB File Format Specification 2.0, "Output Data Section").
/// Positions are counted from the section's beginning, as pointers are.
/// </summary>
/// <remarks>
/// Whatever the bytes are, nothing here throws, recurses or reads outside of the section, and the work is bounded: a reader gives up, as on damaged data,
/// after <see cref="ValuesMax"/> values. A pointer is followed once, since it may not lead to another.
/// </remarks>
/// <param name="section">All of the section.</param>
internal ref struct MaxMindReader(ReadOnlySpan<byte> section)
{
    // The largest records known, of GeoIP2 Enterprise, have some 300.
    private const int ValuesMax = 4096;

    private readonly ReadOnlySpan<byte> _section = section;
    private int _valuesLeft = ValuesMax;

    // The numbers are the format's.
    private enum Kind : byte
    {
        Extended = 0,
        Pointer = 1,
        Text = 2,
        Double = 3,
        Bytes = 4,
        UInt16 = 5,
        UInt32 = 6,
        Map = 7,
        Int32 = 8,
        UInt64 = 9,
        UInt128 = 10,
        Array = 11,
        Boolean = 14,
        Float = 15,
    }

    /// <summary>The country of a record: <see cref="MaxMindDatabase"/> says which of its values that is.</summary>
    /// <param name="at">Where the record is.</param>
    public CountryCode Country(int at)
    {
        if (!TryMap(at, out at, out int count))
            return default;
        CountryCode code = default;
        for (; count > 0; count--)
        {
            if (!TryKey(ref at, out ReadOnlySpan<byte> key))
                return default;
            if (key.SequenceEqual("country"u8))
            {
                CountryCode country = CountryOf(at);
                if (!country.IsNone)
                    return country;
            }
            else if (key.SequenceEqual("country_code"u8))
            {
                code = CountryCode.Parse(Text(at));
            }
            if (!TrySkip(ref at))
                return default;
        }
        return code;
    }

    /// <summary>Begins a map.</summary>
    /// <param name="at">Where it is, or a pointer to it.</param>
    /// <param name="content">Where its first key is.</param>
    /// <param name="count">Its pairs of key and value.</param>
    /// <returns>False where there is no map.</returns>
    public bool TryMap(int at, out int content, out int count) => TryFollow(ref at, out content, out Kind kind, out count) && kind == Kind.Map;

    /// <summary>Reads a map's key.</summary>
    /// <param name="at">Where it is; moved to its value.</param>
    /// <param name="key">The key.</param>
    /// <returns>False where it is damaged.</returns>
    public bool TryKey(scoped ref int at, out ReadOnlySpan<byte> key)
    {
        key = default;
        if (!TryFollow(ref at, out int content, out Kind kind, out int size) || kind != Kind.Text || size > _section.Length - content)
            return false;
        key = _section.Slice(content, size);
        // Behind a pointer stands the value; behind a text that stands here, its end does.
        if (at == content)
            at += size;
        return true;
    }

    /// <summary>A text's bytes; empty where there is none.</summary>
    /// <param name="at">Where it is, or a pointer to it.</param>
    public ReadOnlySpan<byte> Text(int at) => TryKey(ref at, out ReadOnlySpan<byte> text) ? text : default;

    /// <summary>An unsigned number of up to 64 bits; null where there is none.</summary>
    /// <param name="at">Where it is, or a pointer to it.</param>
    public ulong? Number(int at)
    {
        if (!TryFollow(ref at, out int content, out Kind kind, out int size) || kind is not (Kind.UInt16 or Kind.UInt32 or Kind.UInt64))
            return null;
        if (size > sizeof(ulong) || size > _section.Length - content)
            return null;
        ulong number = 0;
        foreach (byte digit in _section.Slice(content, size))
            number = (number << 8) | digit;
        return number;
    }

    /// <summary>Goes over a value with all that is in it. Pointers are not followed.</summary>
    /// <param name="at">Where it is; moved behind it.</param>
    /// <returns>False where it is damaged.</returns>
    public bool TrySkip(ref int at)
    {
        // What is in maps and arrays stands behind them, one after the other: only their number matters, not how they are nested.
        for (long pending = 1; pending > 0; pending--)
        {
            if (!TryNext(ref at, out Kind kind, out int size))
                return false;
            switch (kind)
            {
                case Kind.Pointer or Kind.Boolean:
                    break;
                case Kind.Map:
                    pending += 2L * size;
                    break;
                case Kind.Array:
                    pending += size;
                    break;
                default:
                    if (size > _section.Length - at)
                        return false;
                    at += size;
                    break;
            }
        }
        return true;
    }

    // A map with iso_code, or the code itself.
    private CountryCode CountryOf(int at)
    {
        if (!TryMap(at, out int member, out int count))
            return CountryCode.Parse(Text(at));
        for (; count > 0; count--)
        {
            if (!TryKey(ref member, out ReadOnlySpan<byte> key))
                return default;
            if (key.SequenceEqual("iso_code"u8))
                return CountryCode.Parse(Text(member));
            if (!TrySkip(ref member))
                return default;
        }
        return default;
    }

    // Reads a value's control bytes, and those of the value that a pointer leads to. `at` is moved behind the first.
    private bool TryFollow(ref int at, out int content, out Kind kind, out int size)
    {
        bool isWhole = TryNext(ref at, out kind, out size);
        content = at;
        if (!isWhole || kind != Kind.Pointer)
            return isWhole;
        content = size;
        return TryNext(ref content, out kind, out size) && kind != Kind.Pointer;
    }

    // Reads control bytes and moves `at` behind them. `size` is a map's pairs, an array's elements, a pointer's target, a Boolean's value, else bytes.
    private bool TryNext(ref int at, out Kind kind, out int size)
    {
        kind = default;
        size = 0;
        if (_valuesLeft-- <= 0 || (uint)at >= (uint)_section.Length)
            return false;
        int control = _section[at++];
        kind = (Kind)(control >> 5);
        if (kind == Kind.Pointer)
            return TryPointer(ref at, control, out size);
        if (kind == Kind.Extended)
        {
            if (at >= _section.Length)
                return false;
            // 12 is a container for other programs and 13 the end of it: no record holds either.
            int extended = _section[at++] + 7;
            kind = (Kind)extended;
            if (extended is < (int)Kind.Int32 or > (int)Kind.Float or 12 or 13)
                return false;
        }
        size = control & 0x1F;
        return size < 29 || TryLongSize(ref at, ref size);
    }

    private readonly bool TryLongSize(ref int at, ref int size)
    {
        int extraBytes = size - 28;
        if (extraBytes > _section.Length - at)
            return false;
        size = extraBytes switch
        {
            1 => 29 + _section[at],
            2 => 285 + BinaryPrimitives.ReadUInt16BigEndian(_section[at..]),
            _ => 65821 + ((_section[at] << 16) | (_section[at + 1] << 8) | _section[at + 2]),
        };
        at += extraBytes;
        return true;
    }

    private readonly bool TryPointer(ref int at, int control, out int target)
    {
        target = 0;
        int extraBytes = ((control >> 3) & 3) + 1;
        if (extraBytes > _section.Length - at)
            return false;
        uint value = extraBytes == 4 ? 0 : (uint)control & 7;
        foreach (byte digit in _section.Slice(at, extraBytes))
            value = (value << 8) | digit;
        // Each size goes on where the shorter one ends; the longest begins at 0.
        value += extraBytes switch { 2 => 2048u, 3 => 526336u, _ => 0u };
        at += extraBytes;
        target = (int)value;
        return value < (uint)_section.Length;
    }
}
