using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace FastCanary.Proxy;

/// <summary>Strings of JSON texts as values: whatever is escaped in them. Keeps memory for the escaped ones. One thread.</summary>
internal sealed class JsonStrings
{
    private const int BytesKept = 64 << 10;

    private byte[] _left = new byte[256];
    private byte[] _right = new byte[256];

    /// <summary>The order of two strings by their bytes in UTF-8; 0 where they are equal.</summary>
    public int Compare(JsonText leftText, int left, JsonText rightText, int right) =>
        Unescaped(leftText, left, ref _left).SequenceCompareTo(Unescaped(rightText, right, ref _right));

    /// <summary>A string's value in UTF-8; it holds until the next call. A lone half of a surrogate pair is three bytes like any other character.</summary>
    public ReadOnlySpan<byte> ValueOf(JsonText text, int index) => Unescaped(text, index, ref _left);

    /// <summary>Gives up what was needed for long strings.</summary>
    public void Clear()
    {
        if (_left.Length > BytesKept) _left = new byte[256];
        if (_right.Length > BytesKept) _right = new byte[256];
    }

    private static ReadOnlySpan<byte> Unescaped(JsonText text, int index, ref byte[] scratch)
    {
        var bytes = text.BytesOf(index);
        if (!text[index].IsEscaped) return bytes;
        if (scratch.Length < bytes.Length) scratch = new byte[bytes.Length];
        return scratch.AsSpan(0, Unescape(bytes, scratch));
    }

    // Every escape is longer than what it stands for. The reader has seen that they are well-formed.
    private static int Unescape(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var length = 0;
        while (!from.IsEmpty)
        {
            var plain = from.IndexOf((byte)'\\');
            if (plain != 0)
            {
                if (plain < 0) plain = from.Length;
                from[..plain].CopyTo(to[length..]);
                length += plain;
                from = from[plain..];
                continue;
            }

            if (from[1] != (byte)'u')
            {
                to[length++] = from[1] switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    var itself => itself,
                };
                from = from[2..];
                continue;
            }

            int character = CodeUnit(from);
            from = from[6..];
            if (char.IsHighSurrogate((char)character) && from.StartsWith("\\u"u8) && CodeUnit(from) is var low && char.IsLowSurrogate(low))
            {
                character = char.ConvertToUtf32((char)character, low);
                from = from[6..];
            }

            length += Encode(character, to[length..]);
        }

        return length;
    }

    private static char CodeUnit(ReadOnlySpan<byte> escape) => (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static int Encode(int character, Span<byte> to)
    {
        if (Rune.TryCreate(character, out var rune)) return rune.EncodeToUtf8(to);
        to[2] = (byte)(0x80 | (character & 0x3F));
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)(0xE080 | (character >> 12 << 8) | ((character >> 6) & 0x3F)));
        return 3;
    }
}
