using System.Text.Json;
using System.Text.Unicode;

namespace FastCanary.Proxy;

/// <summary>
/// A JSON text as a flat list of tokens over its bytes, read into the same memory again and again: what is compared often must not make garbage, whose
/// collection would stop the loops. One thread.
/// </summary>
internal sealed class JsonText
{
    /// <summary>A deeper text is not read.</summary>
    public const int DepthMax = 64;

    /// <summary>A text with more tokens is not read; they take 20 MiB.</summary>
    public const int TokensMax = 1 << 20;

    // What is kept between texts.
    private const int TokensKept = 16 << 10;

    private ReadOnlyMemory<byte> _text;
    private JsonToken[] _tokens = new JsonToken[256];
    private int _count;

    public ref readonly JsonToken this[int index] => ref _tokens[index];

    public ReadOnlySpan<byte> BytesOf(int index) => _text.Span.Slice(_tokens[index].Start, _tokens[index].Length);

    public JsonReading Read(ReadOnlyMemory<byte> text)
    {
        _text = text;
        _count = 0;
        // An exception costs as much as a small body's comparison: what plainly is no JSON does without.
        if (!BeginsLikeJson(text.Span) || !Utf8.IsValid(text.Span)) return JsonReading.NoJson;
        try
        {
            return ReadTokens(text.Span);
        }
        catch (JsonException)
        {
            return JsonReading.NoJson;
        }
    }

    /// <summary>Forgets the text.</summary>
    public void Clear()
    {
        _text = default;
        _count = 0;
        if (_tokens.Length > TokensKept) _tokens = new JsonToken[256];
    }

    private JsonReading ReadTokens(ReadOnlySpan<byte> text)
    {
        Span<int> open = stackalloc int[DepthMax];
        var depth = 0;
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = DepthMax });
        while (reader.Read())
        {
            var kind = reader.TokenType;
            if (kind is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                ref var opened = ref _tokens[open[--depth]];
                opened = opened with { Next = _count };
                continue;
            }

            if (_count == TokensMax) return JsonReading.TooLarge;
            if (_count == _tokens.Length) Array.Resize(ref _tokens, _tokens.Length * 2);
            var isText = kind is JsonTokenType.String or JsonTokenType.PropertyName;
            if (kind is JsonTokenType.StartObject or JsonTokenType.StartArray) open[depth++] = _count;
            _tokens[_count] = new JsonToken((int)reader.TokenStartIndex + (isText ? 1 : 0), reader.ValueSpan.Length, _count + 1, kind, isText && reader.ValueIsEscaped);
            _count++;
        }

        return JsonReading.Done;
    }

    private static bool BeginsLikeJson(ReadOnlySpan<byte> text)
    {
        var first = text.IndexOfAnyExcept(" \t\r\n"u8);
        return first >= 0 && (text[first] is (byte)'{' or (byte)'[' or (byte)'"' or (byte)'-' or (byte)'t' or (byte)'f' or (byte)'n' || char.IsAsciiDigit((char)text[first]));
    }
}
