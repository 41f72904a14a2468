using System.Security.Cryptography;

namespace FastCanary.Control;

/// <summary>A SHA-256 as text: 64 lower-case hexadecimal digits, ASCII, as <c>sha256sum</c> prints it.</summary>
internal static class HashText
{
    /// <summary>How many digits there are.</summary>
    public const int Digits = 2 * SHA256.HashSizeInBytes;

    /// <summary>Writes the hash of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">What is hashed.</param>
    /// <param name="digits">Gets <see cref="Digits"/> bytes.</param>
    public static void Write(ReadOnlySpan<byte> bytes, Span<byte> digits)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        ReadOnlySpan<byte> hex = "0123456789abcdef"u8;
        for (int index = 0; index < hash.Length; index++)
        {
            digits[2 * index] = hex[hash[index] >> 4];
            digits[(2 * index) + 1] = hex[hash[index] & 15];
        }
    }
}
