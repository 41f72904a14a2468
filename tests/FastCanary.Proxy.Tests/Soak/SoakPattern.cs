using System.Buffers.Binary;
using System.Globalization;

namespace FastCanary.Proxy.Tests.Soak;

/// <summary>The bytes of a body: each is decided by the request's token, the direction and its place, so that one that is missing, doubled, displaced or another's is found.</summary>
internal static class SoakPattern
{
    private const int WindowBytes = 4096;

    public static ulong RequestKey(ulong token) => SoakRandom.Mix(token ^ 0x52455155455354);

    public static ulong ResponseKey(ulong token) => SoakRandom.Mix(token ^ 0x414E53574552);

    /// <summary>Writes the bytes from <paramref name="at"/> on.</summary>
    public static void Fill(Span<byte> to, ulong key, long at)
    {
        var i = 0;
        for (; i < to.Length && ((at + i) & 7) != 0; i++) to[i] = One(key, at + i);
        for (; to.Length - i >= 8; i += 8) BinaryPrimitives.WriteUInt64LittleEndian(to[i..], Word(key, at + i));
        for (; i < to.Length; i++) to[i] = One(key, at + i);
    }

    /// <exception cref="InvalidDataException">A byte is not what its place asks for.</exception>
    public static void Verify(ReadOnlySpan<byte> bytes, ulong key, long at)
    {
        Span<byte> expected = stackalloc byte[WindowBytes];
        while (!bytes.IsEmpty)
        {
            var window = expected[..Math.Min(WindowBytes, bytes.Length)];
            Fill(window, key, at);
            var same = window.CommonPrefixLength(bytes);
            if (same < window.Length) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"the body's byte {at + same} is not its own"));
            bytes = bytes[window.Length..];
            at += window.Length;
        }
    }

    private static ulong Word(ulong key, long at) => SoakRandom.Mix(key + ((ulong)(at >> 3) * SoakRandom.Golden));

    private static byte One(ulong key, long at) => (byte)(Word(key, at) >> ((int)(at & 7) * 8));
}
