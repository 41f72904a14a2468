using System.Runtime.InteropServices;

namespace FastCanary.Http;

/// <summary>A stretch of the buffer a message was parsed from, as offset and length in bytes. It stays right when the same bytes move to other memory.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ByteRange(int Start, int Length)
{
    /// <summary>The offset of the first byte after the range.</summary>
    public int End => Start + Length;

    /// <summary>Whether the range has no bytes; an absent thing and an empty one look the same.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The bytes themselves.</summary>
    /// <param name="buffer">The message's bytes, from its first one on.</param>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> buffer) => buffer.Slice(Start, Length);
}
