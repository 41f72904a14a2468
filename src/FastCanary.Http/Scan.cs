using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastCanary.Http;

/// <summary>
/// Finds where a token or a field value ends. A head is two dozen short stretches, so what counts is the cost of starting a search: 16 bytes are judged at once, inline,
/// the last ones by a load that overlaps bytes already judged. 16 because every processor of the native build has vectors of that size. Compiled natively, a call to the
/// library's search sets costs about twice as much on such stretches; they stand in where a window has fewer than 16 bytes.
/// </summary>
internal static class Scan
{
    /// <summary>The offset of the first byte at or after <paramref name="position"/> that is no tchar, or the window's length.</summary>
    internal static int TokenEnd(ReadOnlySpan<byte> window, int position)
    {
        int end = window.Length >= Vector128<byte>.Count ? WordEnd(window, position) : position;
        if (end == window.Length || window[end] is (byte)':' or ByteSets.Space) return end;
        // Letters, digits and hyphens are nearly all there is in names; the other tchars take the long way.
        int rest = window[end..].IndexOfAnyExcept(ByteSets.Token);
        return rest < 0 ? window.Length : end + rest;
    }

    /// <summary>The offset of the first byte at or after <paramref name="position"/> that ends a field value or must not be in one, or the window's length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int ValueEnd(ReadOnlySpan<byte> window, int position)
    {
        int last = window.Length - Vector128<byte>.Count;
        if (last < 0)
        {
            int rest = window[position..].IndexOfAny(ByteSets.ValueStops);
            return rest < 0 ? window.Length : position + rest;
        }

        for (; position <= last; position += Vector128<byte>.Count)
        {
            uint stops = ValueStops(window[position..]);
            if (stops != 0) return position + BitOperations.TrailingZeroCount(stops);
        }

        uint tail = ValueStops(window[last..]) >> (position - last);
        return tail == 0 ? window.Length : position + BitOperations.TrailingZeroCount(tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WordEnd(ReadOnlySpan<byte> window, int position)
    {
        int last = window.Length - Vector128<byte>.Count;
        for (; position <= last; position += Vector128<byte>.Count)
        {
            uint others = OtherThanWord(window[position..]);
            if (others != 0) return position + BitOperations.TrailingZeroCount(others);
        }

        uint tail = OtherThanWord(window[last..]) >> (position - last);
        return tail == 0 ? window.Length : position + BitOperations.TrailingZeroCount(tail);
    }

    /// <summary>A bit for each control byte but HTAB, and for DEL, among the first 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ValueStops(ReadOnlySpan<byte> bytes)
    {
        Vector128<byte> block = Vector128.Create(bytes);
        Vector128<byte> controls = Vector128.AndNot(IsAtMost(block, 0x1F), Vector128.Equals(block, Vector128.Create(ByteSets.Tab)));
        return (controls | Vector128.Equals(block, Vector128.Create((byte)0x7F))).ExtractMostSignificantBits();
    }

    /// <summary>A bit for each byte that is no letter, digit or hyphen among the first 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint OtherThanWord(ReadOnlySpan<byte> bytes)
    {
        Vector128<byte> block = Vector128.Create(bytes);
        Vector128<byte> letters = IsAtMost((block | Vector128.Create((byte)0x20)) - Vector128.Create((byte)'a'), 25);
        Vector128<byte> digits = IsAtMost(block - Vector128.Create((byte)'0'), 9);
        return (letters | digits | Vector128.Equals(block, Vector128.Create((byte)'-'))).ExtractMostSignificantBits() ^ 0xFFFF;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> IsAtMost(Vector128<byte> block, byte bound) => Vector128.Equals(Vector128.Min(block, Vector128.Create(bound)), block);
}
