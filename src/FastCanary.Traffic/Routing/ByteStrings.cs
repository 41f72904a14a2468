using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace FastCanary.Traffic;

/// <summary>
/// A fixed list of byte strings that is searched by span: open addressing with linear probing, at most half full, over one array that holds all strings.
/// 12 to 20 bytes for each string besides its own; a million of them is searched in two or three cache misses, and most that are not there in one.
/// </summary>
internal sealed class ByteStrings
{
    /// <summary>How far from its home a string may lie before another seed is tried. With strings that nobody picked to collide it is not reached.</summary>
    private const int ProbesMax = 256;

    private const int SeedsMax = 8;
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    // String i is _bytes[_starts[i].._starts[i + 1]].
    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly Slot[] _slots;
    private ulong _seed;

    private ByteStrings(byte[] bytes, int[] starts, int slots)
    {
        _bytes = bytes;
        _starts = starts;
        _slots = new Slot[slots];
    }

    /// <summary>The length of the longest string.</summary>
    public int LongestBytes { get; private init; }

    /// <summary>Prepares a list for searching; a string may occur more than once.</summary>
    public static ByteStrings Compile(IReadOnlyList<string> values)
    {
        int total = 0, longest = 0;
        var starts = new int[values.Count + 1];
        for (int i = 0; i < values.Count; i++)
        {
            int length = Encoding.UTF8.GetByteCount(values[i]);
            longest = Math.Max(longest, length);
            total = checked(total + length);
            starts[i + 1] = total;
        }

        var bytes = new byte[total];
        for (int i = 0; i < values.Count; i++)
            Encoding.UTF8.GetBytes(values[i], bytes.AsSpan(starts[i]));

        int slots = 4;
        while (slots < 2 * values.Count)
            slots *= 2;
        var strings = new ByteStrings(bytes, starts, slots) { LongestBytes = longest };
        strings.Place();
        return strings;
    }

    /// <summary>The index in the list of the first string with these bytes, or -1. No allocation.</summary>
    public int Find(ReadOnlySpan<byte> value)
    {
        if (value.Length > LongestBytes)
            return -1;
        uint hash = Hash(value, _seed);
        int mask = _slots.Length - 1;
        for (int at = (int)hash & mask; _slots[at].IndexPlusOne != 0; at = (at + 1) & mask)
        {
            if (_slots[at].Hash == hash && At(_slots[at].IndexPlusOne - 1).SequenceEqual(value))
                return _slots[at].IndexPlusOne - 1;
        }
        return -1;
    }

    /// <summary>A string of the list.</summary>
    public ReadOnlySpan<byte> At(int index) => _bytes.AsSpan(_starts[index].._starts[index + 1]);

    private void Place()
    {
        for (int attempt = 1; attempt <= SeedsMax; attempt++)
        {
            _seed = (ulong)attempt * Multiplier;
            Array.Clear(_slots);
            if (TryPlace(attempt == SeedsMax ? _slots.Length : ProbesMax))
                return;
        }
    }

    private bool TryPlace(int probesMax)
    {
        int mask = _slots.Length - 1;
        for (int i = 0; i + 1 < _starts.Length; i++)
        {
            ReadOnlySpan<byte> value = At(i);
            uint hash = Hash(value, _seed);
            int at = (int)hash & mask;
            int probes = 0;
            bool isKnown = false;
            while (_slots[at].IndexPlusOne != 0 && !isKnown)
            {
                if (++probes > probesMax)
                    return false;
                isKnown = _slots[at].Hash == hash && At(_slots[at].IndexPlusOne - 1).SequenceEqual(value);
                at = (at + 1) & mask;
            }
            if (!isKnown)
                _slots[at] = new Slot(hash, i + 1);
        }
        return true;
    }

    /// <summary>Eight bytes at a time: exclusive or, 128-bit product, its halves folded. The last eight may overlap those before.</summary>
    private static uint Hash(ReadOnlySpan<byte> value, ulong seed)
    {
        ulong hash = seed ^ ((ulong)value.Length * Multiplier);
        if (value.Length >= sizeof(ulong))
        {
            for (int i = 0; i < value.Length - sizeof(ulong); i += sizeof(ulong))
                hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(value[i..]));
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(value[^sizeof(ulong)..]));
        }
        else if (value.Length >= sizeof(uint))
        {
            ulong head = BinaryPrimitives.ReadUInt32LittleEndian(value);
            hash = Fold(hash ^ (head << 32) ^ BinaryPrimitives.ReadUInt32LittleEndian(value[^sizeof(uint)..]));
        }
        else if (value.Length > 0)
        {
            hash = Fold(hash ^ ((ulong)value[0] << 16) ^ ((ulong)value[value.Length / 2] << 8) ^ value[^1]);
        }
        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Fold(ulong value)
    {
        ulong high = Math.BigMul(value, 0xD6E8_FEB8_6659_FD93, out ulong low);
        return high ^ low;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Slot(uint Hash, int IndexPlusOne);
}
