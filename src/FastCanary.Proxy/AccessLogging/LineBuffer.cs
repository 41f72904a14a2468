using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace FastCanary.Proxy;

/// <summary>A line under construction, in a destination that has room for it (<see cref="AccessLogLine.BytesMax"/>).</summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct LineBuffer(Span<byte> destination)
{
    private const int MicrosPerSecond = 1_000_000;

    // What a JSON string may hold as it is: printable ASCII but the quotation mark and the backslash.
    private static readonly SearchValues<byte> JsonPlain =
        SearchValues.Create(" !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Length..]);
        Length += bytes.Length;
    }

    public void Append(byte value) => _destination[Length++] = value;

    public void AppendNumber(long value)
    {
        Utf8Formatter.TryFormat(value, _destination[Length..], out var written);
        Length += written;
    }

    /// <summary>A number of so many digits, with zeros before it.</summary>
    public void AppendPadded(int value, int digits)
    {
        for (var i = Length + digits - 1; i >= Length; i--)
        {
            _destination[i] = (byte)('0' + (value % 10));
            value /= 10;
        }

        Length += digits;
    }

    /// <summary>Seconds with six decimals.</summary>
    public void AppendSeconds(long micros)
    {
        micros = Math.Max(0, micros);
        AppendNumber(micros / MicrosPerSecond);
        Append((byte)'.');
        AppendPadded((int)(micros % MicrosPerSecond), 6);
    }

    /// <summary>
    /// The inside of a JSON string (RFC 8259, section 7). Well-formed UTF-8 stays as it is; every maximal part of what is not (Unicode 16, section 3.9.6) becomes U+FFFD. DEL is escaped too,
    /// for whoever looks at a log on a terminal.
    /// </summary>
    public void AppendJson(scoped ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var plain = text.IndexOfAnyExcept(JsonPlain);
            if (plain < 0)
            {
                Append(text);
                return;
            }

            Append(text[..plain]);
            text = text[plain..];
            var length = text[0] < 0x80 ? AppendEscaped(text[0]) : AppendRune(text);
            text = text[length..];
        }
    }

    /// <summary>As nginx escapes in its log (<c>ngx_http_log_escape</c>): quotation mark, backslash, and all that is not printable ASCII, as <c>\xHH</c>.</summary>
    public void AppendHexEscaped(scoped ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var plain = text.IndexOfAnyExcept(JsonPlain);
            if (plain < 0)
            {
                Append(text);
                return;
            }

            Append(text[..plain]);
            Append("\\x"u8);
            AppendHex(text[plain], "0123456789ABCDEF"u8);
            text = text[(plain + 1)..];
        }
    }

    private int AppendEscaped(byte value)
    {
        var letter = value switch
        {
            (byte)'"' or (byte)'\\' => value,
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => (byte)0,
        };
        Append((byte)'\\');
        if (letter != 0)
        {
            Append(letter);
        }
        else
        {
            Append("u00"u8);
            AppendHex(value, "0123456789abcdef"u8);
        }

        return 1;
    }

    private int AppendRune(scoped ReadOnlySpan<byte> text)
    {
        var isWellFormed = Rune.DecodeFromUtf8(text, out _, out var length) == OperationStatus.Done;
        if (isWellFormed) Append(text[..length]);
        else Append("\\ufffd"u8);
        return length;
    }

    private void AppendHex(byte value, ReadOnlySpan<byte> digits)
    {
        Append(digits[value >> 4]);
        Append(digits[value & 15]);
    }
}
