using System.Numerics;
using System.Runtime.InteropServices;

namespace FastCanary.LoadTests.Exchanges;

/// <summary>
/// Content in which every byte depends on its place and on whose content it is, made and compared at several GB/s: the i-th word of 64 bits is seed + i · 2^64/φ,
/// so no two words of a body are the same, and what is flipped, lost, doubled, moved or of another body differs.
/// </summary>
internal readonly record struct BodyPattern
{
    private const ulong Stride = 0x9E3779B97F4A7C15;

    // As text each byte is one of 64 letters and signs: '0' to 'o'.
    private const ulong TextMask = 0x3F3F3F3F3F3F3F3F;
    private const ulong TextBase = 0x3030303030303030;

    private readonly ulong _seed;
    private readonly ulong _mask;
    private readonly ulong _base;

    /// <param name="number">Whose content it is.</param>
    /// <param name="isText">Whether it is to be valid UTF-8.</param>
    public BodyPattern(long number, bool isText = false)
    {
        // SplitMix64's finaliser: patterns of neighbouring numbers are not parts of each other.
        ulong seed = (ulong)number + Stride;
        seed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9;
        seed = (seed ^ (seed >> 27)) * 0x94D049BB133111EB;
        _seed = seed ^ (seed >> 31);
        (_mask, _base) = isText ? (TextMask, TextBase) : (ulong.MaxValue, 0);
    }

    /// <summary>Writes a part of the content.</summary>
    /// <param name="position">Of its first byte.</param>
    /// <param name="destination">All of it is written.</param>
    public void Fill(long position, Span<byte> destination)
    {
        int head = HeadOf(position, destination.Length);
        for (int i = 0; i < head; i++) destination[i] = At(position + i);
        Span<Vector<ulong>> vectors = MemoryMarshal.Cast<byte, Vector<ulong>>(destination[head..]);
        (Vector<ulong> words, Vector<ulong> stride, Vector<ulong> mask, Vector<ulong> text) = VectorsAt(position + head);
        for (int i = 0; i < vectors.Length; i++, words += stride) vectors[i] = (words & mask) + text;
        for (int i = head + (vectors.Length * Vector<byte>.Count); i < destination.Length; i++) destination[i] = At(position + i);
    }

    /// <summary>Compares a part of the content.</summary>
    /// <param name="position">Where its first byte belongs.</param>
    /// <param name="data">What is there.</param>
    /// <returns>The place in <paramref name="data"/> of the first byte that is wrong; -1 if none is.</returns>
    public int FirstDifference(long position, ReadOnlySpan<byte> data)
    {
        int head = HeadOf(position, data.Length);
        for (int i = 0; i < head; i++)
            if (data[i] != At(position + i)) return i;
        ReadOnlySpan<Vector<ulong>> vectors = MemoryMarshal.Cast<byte, Vector<ulong>>(data[head..]);
        (Vector<ulong> words, Vector<ulong> stride, Vector<ulong> mask, Vector<ulong> text) = VectorsAt(position + head);
        int right = 0;
        for (; right < vectors.Length && vectors[right] == (words & mask) + text; right++) words += stride;
        for (int i = head + (right * Vector<byte>.Count); i < data.Length; i++)
            if (data[i] != At(position + i)) return i;
        return -1;
    }

    // The bytes before the next word begins.
    private static int HeadOf(long position, int length) => (int)Math.Min(-position & 7, length);

    private byte At(long position)
    {
        ulong word = (((_seed + ((ulong)(position >> 3) * Stride)) & _mask) + _base);
        int place = (int)(position & 7);
        return (byte)(word >> (8 * (BitConverter.IsLittleEndian ? place : 7 - place)));
    }

    private (Vector<ulong> Words, Vector<ulong> Stride, Vector<ulong> Mask, Vector<ulong> Base) VectorsAt(long position)
    {
        Span<ulong> words = stackalloc ulong[Vector<ulong>.Count];
        for (int i = 0; i < words.Length; i++) words[i] = _seed + (((ulong)(position >> 3) + (ulong)i) * Stride);
        return (new Vector<ulong>(words), new Vector<ulong>(Stride * (ulong)words.Length), new Vector<ulong>(_mask), new Vector<ulong>(_base));
    }
}
