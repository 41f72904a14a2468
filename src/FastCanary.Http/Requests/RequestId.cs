using System.Buffers;

namespace FastCanary.Http;

/// <summary>What is taken for a request's id when a client sends one as X-Request-ID.</summary>
public static class RequestId
{
    /// <summary>The longest id that is kept, in bytes.</summary>
    public const int BytesMax = 128;

    // Those of UUIDs, base64, trace ids and paths of hops; nothing that a log, a shell or a page of HTML reads as more than text.
    private static readonly SearchValues<byte> Allowed = SearchValues.Create("-._~:+/=@0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Whether the value is kept: 1 to <see cref="BytesMax"/> letters, digits and <c>-._~:+/=@</c>.</summary>
    public static bool IsValid(ReadOnlySpan<byte> value) => value.Length is > 0 and <= BytesMax && !value.ContainsAnyExcept(Allowed);
}
