using System.Security.Cryptography;

namespace FastCanary.Transport.Conformance;

/// <summary>Bytes that can be told from others.</summary>
internal static class Content
{
    public static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));
}
