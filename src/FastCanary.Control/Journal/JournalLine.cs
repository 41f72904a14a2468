using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace FastCanary.Control;

/// <summary>The format of a line of a journal.</summary>
/// <remarks>
/// <c>{"n":7,"at":"2026-11-22T07:00:00.000Z","kind":"decision","service":"search","body":{...},"previous":"HEX","hash":"HEX"}</c> and a line feed, in this order, without spaces between the members.
/// <c>hash</c> is the SHA-256 of the line's bytes before <c>,"hash":"</c>; <c>previous</c> is the hash of the line before, 64 zeros on the first of a chain. Both are 64 lower-case digits, so a line's last
/// 75 bytes are not hashed, and neither is its line feed.
/// </remarks>
internal readonly ref struct JournalLine
{
    /// <summary>The most that a line may have, its line feed not counted.</summary>
    public const int BytesMax = 1 << 20;

    /// <summary>How the journal names the entry by which it begins anew.</summary>
    public const string BrokenKind = "broken";

    private const int HashBytes = 9 + HashText.Digits + 2;
    private const int PreviousBytes = 13 + HashText.Digits + 1;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);

    private JournalLine(ReadOnlySpan<byte> line, long n, DateTimeOffset at, string kind, string service, Range bodyRange)
    {
        N = n;
        At = at;
        Kind = kind;
        Service = service;
        BodyRange = bodyRange;
        Previous = line[^(HashBytes + 1 + HashText.Digits)..^(HashBytes + 1)];
        Hash = line[^(HashText.Digits + 2)..^2];
    }

    /// <summary>What a chain's first line names as the one before.</summary>
    public static ReadOnlySpan<byte> NoHash => "0000000000000000000000000000000000000000000000000000000000000000"u8;

    /// <summary>What stands before a line's own hash.</summary>
    public static ReadOnlySpan<byte> HashName => ",\"hash\":\""u8;

    public long N { get; }

    public DateTimeOffset At { get; }

    public string Kind { get; }

    public string Service { get; }

    public Range BodyRange { get; }

    public ReadOnlySpan<byte> Previous { get; }

    public ReadOnlySpan<byte> Hash { get; }

    /// <summary>A line with its line feed; what it holds has not been looked at (<see cref="TryParse"/> does).</summary>
    public static byte[] Compose(long n, DateTimeOffset at, string kind, string service, ReadOnlySpan<byte> body, ReadOnlySpan<byte> previous)
    {
        string time = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"n\":{n},\"at\":\"{time}\",\"kind\":\"{Escape(kind)}\",\"service\":\"{Escape(service)}\",\"body\":"));
        byte[] line = new byte[head.Length + body.Length + PreviousBytes + HashBytes + 1];
        head.CopyTo(line, 0);
        body.CopyTo(line.AsSpan(head.Length));
        Span<byte> tail = line.AsSpan(head.Length + body.Length);
        ",\"previous\":\""u8.CopyTo(tail);
        previous.CopyTo(tail[13..]);
        "\",\"hash\":\""u8.CopyTo(tail[(13 + HashText.Digits)..]);
        HashText.Write(line.AsSpan(0, line.Length - HashBytes - 1), tail[(PreviousBytes + 9)..^3]);
        "\"}\n"u8.CopyTo(tail[^3..]);
        return line;
    }

    /// <summary>Reads a line, without its line feed.</summary>
    /// <param name="line">The line.</param>
    /// <param name="fields">What it holds, if it is one.</param>
    /// <returns>Whether it has the format; whether its hashes are right is not looked at.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out JournalLine fields)
    {
        fields = default;
        if (line.Length is < PreviousBytes + HashBytes or > BytesMax || !Utf8.IsValid(line)) return false;
        ReadOnlySpan<byte> tail = line[^(PreviousBytes + HashBytes)..];
        if (!tail.StartsWith(",\"previous\":\""u8) || !tail[(13 + HashText.Digits)..].StartsWith("\",\"hash\":\""u8) || !tail.EndsWith("\"}"u8)) return false;
        if (tail.Slice(13, HashText.Digits).ContainsAnyExcept(HexDigits) || tail[^(HashText.Digits + 2)..^2].ContainsAnyExcept(HexDigits)) return false;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            if (!Next(ref reader, "n"u8, JsonTokenType.Number) || !reader.TryGetInt64(out long n) || n < 1) return false;
            if (!Next(ref reader, "at"u8, JsonTokenType.String) || !reader.TryGetDateTimeOffset(out DateTimeOffset at)) return false;
            if (!Next(ref reader, "kind"u8, JsonTokenType.String)) return false;
            string kind = reader.GetString()!;
            if (!Next(ref reader, "service"u8, JsonTokenType.String)) return false;
            string service = reader.GetString()!;
            if (!Next(ref reader, "body"u8, JsonTokenType.StartObject)) return false;
            int bodyStart = (int)reader.TokenStartIndex;
            reader.Skip();
            int bodyEnd = (int)reader.BytesConsumed;
            // What follows the body has to be the tail that was just looked at, and nothing else.
            if (bodyEnd != line.Length - PreviousBytes - HashBytes) return false;
            fields = new JournalLine(line, n, at, kind, service, bodyStart..bodyEnd);
            return true;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // GetString throws the latter for an escaped half of a surrogate pair.
            return false;
        }
    }

    /// <summary>Whether a line that was parsed has the hash that it names.</summary>
    public static bool HasItsHash(ReadOnlySpan<byte> line)
    {
        Span<byte> digits = stackalloc byte[HashText.Digits];
        HashText.Write(line[..^HashBytes], digits);
        return digits.SequenceEqual(line[^(HashText.Digits + 2)..^2]);
    }

    // Names stay legible; nothing that ends a string or a line does.
    private static JsonEncodedText Escape(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

    private static bool Next(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, JsonTokenType type) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(name) && reader.Read() && reader.TokenType == type;
}
