using System.Buffers.Binary;

namespace FastCanary.Http;

/// <summary>Compares short names regardless of case, 8 bytes at a time: the library's comparison costs more than reading the whole line.</summary>
internal static class Lowercase
{
    private const ulong CaseBits = 0x2020202020202020;
    private const uint ShortCaseBits = 0x20202020;

    /// <summary>
    /// Whether the bytes spell the word. Exact for bytes that are no controls other than HTAB and a word of lower-case letters, digits and hyphens:
    /// of those bytes, only an upper-case letter differs from such a byte in its case bit alone.
    /// </summary>
    /// <param name="bytes">A token or a field value.</param>
    /// <param name="word">At least 2 bytes.</param>
    internal static bool Is(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> word)
    {
        if (bytes.Length != word.Length) return false;
        if (word.Length < sizeof(ulong)) return IsShort(bytes, word);
        for (int i = 0; i < word.Length - sizeof(ulong); i += sizeof(ulong))
        {
            if ((BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]) | CaseBits) != BinaryPrimitives.ReadUInt64LittleEndian(word[i..])) return false;
        }

        // The last 8 bytes may overlap those before.
        return (BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..]) | CaseBits) == BinaryPrimitives.ReadUInt64LittleEndian(word[^sizeof(ulong)..]);
    }

    private static bool IsShort(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> word)
    {
        if (word.Length >= sizeof(uint))
        {
            return (BinaryPrimitives.ReadUInt32LittleEndian(bytes) | ShortCaseBits) == BinaryPrimitives.ReadUInt32LittleEndian(word)
                && (BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) | ShortCaseBits) == BinaryPrimitives.ReadUInt32LittleEndian(word[^sizeof(uint)..]);
        }

        for (int i = 0; i < word.Length; i++)
        {
            if ((bytes[i] | 0x20) != word[i]) return false;
        }

        return true;
    }
}
