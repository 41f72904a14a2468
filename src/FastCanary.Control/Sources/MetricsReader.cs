using System.Buffers;
using System.Globalization;
using System.Text;

namespace FastCanary.Control;

/// <summary>
/// Reads samples from Prometheus' text format, version 0.0.4, on a span. It checks all that it passes; comments, HELP and TYPE among them, are passed over.
/// </summary>
/// <remarks>
/// Every line ends with a line feed, the last one too, as the format demands: a text that was cut off inside a number must not be taken for a smaller number.
/// Source: "Exposition formats" of the Prometheus documentation. Numbers are Go's ParseFloat's, without hexadecimal ones.
/// </remarks>
internal ref struct MetricsReader(ReadOnlySpan<byte> text)
{
    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:"u8);
    private static readonly SearchValues<byte> LabelNameBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    private ReadOnlySpan<byte> _rest = text;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>What is wrong with it, after <see cref="MetricsToken.Invalid"/>.</summary>
    public string Error { get; private set; } = "";

    /// <summary>The sample's name.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>What stands between the braces, as written; empty where there are none.</summary>
    public ReadOnlySpan<byte> Labels { get; private set; }

    /// <summary>The sample's value; it need not be finite.</summary>
    public double Value { get; private set; }

    /// <summary>The sample's time in milliseconds since 1970, where it has one.</summary>
    public long? TimestampMs { get; private set; }

    /// <summary>Goes on to the next sample.</summary>
    public MetricsToken Read()
    {
        while (!_rest.IsEmpty)
        {
            Line++;
            int length = _rest.IndexOf((byte)'\n');
            if (length < 0) return Fail("the last line has no end: the text was cut off");
            ReadOnlySpan<byte> line = Trim(_rest[..length]);
            if (line.IsEmpty || line[0] == '#')
            {
                _rest = _rest[(length + 1)..];
                continue;
            }

            if (!TryReadName(ref line) || !TryReadLabels(ref line) || !TryReadValue(ref line) || !TryReadTimestamp(line)) return MetricsToken.Invalid;
            _rest = _rest[(length + 1)..];
            return MetricsToken.Sample;
        }

        return MetricsToken.End;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    private bool TryReadName(scoped ref ReadOnlySpan<byte> line)
    {
        int begin = Offset(line);
        if (!TryTakeName(ref line, NameBytes, out int length)) return Fails("a sample begins with a name");
        Name = _rest.Slice(begin, length);
        return true;
    }

    private static bool TryTakeName(scoped ref ReadOnlySpan<byte> line, SearchValues<byte> bytes, out int length)
    {
        length = line.IndexOfAnyExcept(bytes);
        if (length < 0) length = line.Length;
        if (length == 0 || line[0] is >= (byte)'0' and <= (byte)'9') return false;
        line = Trim(line[length..]);
        return true;
    }

    // {name="value",name="value",}
    private bool TryReadLabels(scoped ref ReadOnlySpan<byte> line)
    {
        Labels = default;
        if (line.IsEmpty || line[0] != '{') return true;
        int begin = Offset(line) + 1;
        line = Trim(line[1..]);
        while (true)
        {
            if (line.IsEmpty) return Fails("the labels have no end");
            if (line[0] == '}') break;
            if (!TryTakeName(ref line, LabelNameBytes, out _)) return Fails("a label begins with a name");
            if (line.IsEmpty || line[0] != '=') return Fails("a label's name is followed by =");
            line = Trim(line[1..]);
            if (!TrySkipText(ref line)) return Fails("a label's value is a text in quotation marks");
            if (line.IsEmpty || line[0] is not ((byte)',' or (byte)'}')) return Fails("labels are parted by commas");
            if (line[0] == ',') line = Trim(line[1..]);
        }

        Labels = _rest[begin..Offset(line)];
        line = Trim(line[1..]);
        return true;
    }

    // What is left of the present line ends where the line does.
    private readonly int Offset(scoped ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> whole = _rest[.._rest.IndexOf((byte)'\n')].TrimEnd(" \t"u8);
        return whole.Length - line.Length;
    }

    private static bool TrySkipText(scoped ref ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || line[0] != '"') return false;
        for (int i = 1; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                line = Trim(line[(i + 1)..]);
                return true;
            }

            if (line[i] == '\\' && (++i == line.Length || line[i] is not ((byte)'\\' or (byte)'"' or (byte)'n'))) return false;
        }

        return false;
    }

    private bool TryReadValue(scoped ref ReadOnlySpan<byte> line)
    {
        int length = line.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> number = length < 0 ? line : line[..length];
        if (!TryParse(number, out double value)) return Fails("a sample's value is a number");
        Value = value;
        line = length < 0 ? default : Trim(line[length..]);
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> number, out double value)
    {
        if (double.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)) return true;
        ReadOnlySpan<byte> word = number is [(byte)'+' or (byte)'-', ..] ? number[1..] : number;
        if (!Ascii.EqualsIgnoreCase(word, "Inf"u8)) return false;
        value = number[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        return true;
    }

    private bool TryReadTimestamp(scoped ReadOnlySpan<byte> line)
    {
        TimestampMs = null;
        if (line.IsEmpty) return true;
        if (!long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long milliseconds)) return Fails("a sample ends with its value or a time in milliseconds");
        TimestampMs = milliseconds;
        return true;
    }

    private MetricsToken Fail(string error)
    {
        Error = error;
        return MetricsToken.Invalid;
    }

    private bool Fails(string error)
    {
        Error = error;
        return false;
    }
}
