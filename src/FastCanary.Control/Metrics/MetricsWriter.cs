using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace FastCanary.Control;

/// <summary>
/// Writes Prometheus' text format 0.0.4: <c>name{labels} value</c>, a line each, behind the HELP and TYPE of its family. Labels come prepared: <c>service="search",version="canary"</c>.
/// No allocation.
/// </summary>
internal readonly ref struct MetricsWriter(IBufferWriter<byte> output)
{
    // More than a number, and what stands around it.
    private const int NumberBytesMax = 64;

    /// <summary>Prepares a label.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value, which is escaped.</param>
    public static byte[] Label(string name, string value)
    {
        var escaped = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes($"{name}=\"{escaped}\"");
    }

    /// <summary>Prepares labels: one behind the others.</summary>
    public static byte[] Labels(ReadOnlySpan<byte> labels, ReadOnlySpan<byte> label) => [.. labels, (byte)',', .. label];

    /// <summary>Begins a family.</summary>
    /// <param name="name">Of its series, without a suffix.</param>
    /// <param name="type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
    /// <param name="help">One sentence, without backslashes and line ends.</param>
    public void Family(ReadOnlySpan<byte> name, ReadOnlySpan<byte> type, ReadOnlySpan<byte> help)
    {
        output.Write("# HELP "u8);
        output.Write(name);
        output.Write(" "u8);
        output.Write(help);
        output.Write("\n# TYPE "u8);
        output.Write(name);
        output.Write(" "u8);
        output.Write(type);
        output.Write("\n"u8);
    }

    public void Sample(ReadOnlySpan<byte> name, long value) => Sample(name, default, default, default, default, value);

    public void Sample(ReadOnlySpan<byte> name, double value) => Sample(name, default, default, default, default, value);

    public void Sample(ReadOnlySpan<byte> name, ReadOnlySpan<byte> labels, long value) => Sample(name, default, labels, default, default, value);

    public void Sample(ReadOnlySpan<byte> name, ReadOnlySpan<byte> labels, double value) => Sample(name, default, labels, default, default, value);

    /// <param name="name">The family's name.</param>
    /// <param name="suffix">What follows it: <c>_bucket</c>; empty for most.</param>
    /// <param name="labels">Prepared ones; may be empty.</param>
    /// <param name="extraName">The name of one more label, <c>status</c>; empty: it is prepared, or there is none.</param>
    /// <param name="extra">Its value, in need of no escaping; or the prepared label.</param>
    /// <param name="value">The value.</param>
    public void Sample(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> labels, ReadOnlySpan<byte> extraName, ReadOnlySpan<byte> extra, long value)
    {
        var to = Begin(name, suffix, labels, extraName, extra, out var length);
        Utf8Formatter.TryFormat(value, to[length..], out var digits);
        End(to, length + digits);
    }

    /// <inheritdoc cref="Sample(ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte}, long)"/>
    public void Sample(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> labels, ReadOnlySpan<byte> extraName, ReadOnlySpan<byte> extra, double value)
    {
        var to = Begin(name, suffix, labels, extraName, extra, out var length);
        if (double.IsFinite(value))
        {
            Utf8Formatter.TryFormat(value, to[length..], out var digits);
            length += digits;
        }
        else
        {
            Append(to, ref length, double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8);
        }

        End(to, length);
    }

    private Span<byte> Begin(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> labels, ReadOnlySpan<byte> extraName, ReadOnlySpan<byte> extra, out int length)
    {
        var to = output.GetSpan(name.Length + suffix.Length + labels.Length + extraName.Length + extra.Length + NumberBytesMax);
        length = 0;
        Append(to, ref length, name);
        Append(to, ref length, suffix);
        if (!labels.IsEmpty || !extra.IsEmpty)
        {
            to[length++] = (byte)'{';
            Append(to, ref length, labels);
            if (!labels.IsEmpty && !extra.IsEmpty) to[length++] = (byte)',';
            if (!extraName.IsEmpty)
            {
                Append(to, ref length, extraName);
                Append(to, ref length, "=\""u8);
            }

            Append(to, ref length, extra);
            if (!extraName.IsEmpty) to[length++] = (byte)'"';
            to[length++] = (byte)'}';
        }

        to[length++] = (byte)' ';
        return to;
    }

    private void End(Span<byte> to, int length)
    {
        to[length++] = (byte)'\n';
        output.Advance(length);
    }

    private static void Append(Span<byte> to, ref int length, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to[length..]);
        length += bytes.Length;
    }
}
