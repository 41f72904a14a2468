using System.Runtime.InteropServices;
using System.Text;

namespace FastCanary.Http;

/// <summary>
/// The field lines of a head (RFC 9112 section 5), read strictly and in place: what a line is does not depend on how the bytes were cut.
/// Two vectorised scans per line: the name to its first non-token byte, the value to its first control byte.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct FieldSection
{
    private const int LinesAtFirst = 32;

    private FieldLine[] _lines;
    private int _fieldsMax;
    private int _lineStart;
    private int _colon;
    private FieldName _name;

    /// <summary>How many lines were read.</summary>
    internal int Count { get; private set; }

    /// <summary>The offset of the next byte to look at; bytes before it are never looked at again while a line is read.</summary>
    internal int Position { get; private set; }

    internal HttpFault Fault { get; private set; }

    /// <summary>The known fields that the owner has accepted so far.</summary>
    internal FieldSet Present { get; set; }

    /// <summary>All lines, in the order received.</summary>
    internal readonly ReadOnlySpan<FieldLine> Lines => _lines.AsSpan(0, Count);

    /// <summary>The offset where the lines end: after the last line's CRLF.</summary>
    internal readonly int End => _lineStart;

    internal readonly ref readonly FieldLine Last => ref _lines[Count - 1];

    internal void Reset(int fieldsMax)
    {
        _lines ??= new FieldLine[LinesAtFirst];
        _fieldsMax = fieldsMax;
        Count = 0;
        Fault = HttpFault.None;
        Present = default;
    }

    /// <summary>Says where the section begins: after the start line.</summary>
    internal void Begin(int start)
    {
        _lineStart = start;
        Position = start;
        _colon = -1;
    }

    /// <summary>Reads on to the end of the next line whose field is known, or to the end of the section.</summary>
    /// <param name="window">The head's bytes so far, from its first one, cut off at the head's limit.</param>
    internal FieldStep Advance(ReadOnlySpan<byte> window)
    {
        int lineStart = _lineStart, position = Position, colon = _colon;
        FieldName name = _name;
        while (true)
        {
            if (colon < 0)
            {
                if (position == lineStart)
                {
                    if (position >= window.Length) break;
                    byte first = window[position];
                    if (first == ByteSets.Cr)
                    {
                        if (position + 1 >= window.Length) break;
                        if (window[position + 1] != ByteSets.Lf) return Refuse(HttpFault.BareCr);
                        Position = position + 2;
                        _lineStart = lineStart;
                        return FieldStep.End;
                    }

                    if (first is ByteSets.Space or ByteSets.Tab)
                        return Refuse(Count == 0 ? HttpFault.WhitespaceBeforeField : HttpFault.ObsoleteFold);
                    if (Count == _fieldsMax) return Refuse(HttpFault.TooManyFields);
                }

                position = Scan.TokenEnd(window, position);
                if (position == window.Length) break;
                colon = position;
                if (window[colon] != (byte)':' || colon == lineStart) return Refuse(NameFault(window[colon]));
                name = FieldNames.Identify(window[lineStart..colon]);
                position = colon + 1;
            }

            position = Scan.ValueEnd(window, position);
            if (position == window.Length) break;
            if (window[position] != ByteSets.Cr) return Refuse(ValueFault(window[position]));
            if (position + 1 >= window.Length) break;
            if (window[position + 1] != ByteSets.Lf) return Refuse(HttpFault.BareCr);

            Add(window, lineStart, colon, position, name);
            position += 2;
            lineStart = position;
            colon = -1;
            if (name == FieldName.Other) continue;
            Save(lineStart, position, colon, name);
            return FieldStep.Known;
        }

        Save(lineStart, position, colon, name);
        return FieldStep.NeedMore;
    }

    /// <summary>Makes every line of this name, unless it is of a kind that may not be removed, one that is not forwarded.</summary>
    internal void Nominate(ReadOnlySpan<byte> window, ReadOnlySpan<byte> name)
    {
        foreach (ref FieldLine line in _lines.AsSpan(0, Count))
        {
            if (line.NameLength != name.Length || FieldSet.NotNominable.Has(line.Name)) continue;
            if (Ascii.EqualsIgnoreCase(window.Slice(line.Start, line.NameLength), name)) Drop(ref line);
        }
    }

    /// <summary>Does the same for every line whose name equals <paramref name="foldedLowerCaseName"/>, reading an underscore as a hyphen.</summary>
    internal void Remove(ReadOnlySpan<byte> window, ReadOnlySpan<byte> foldedLowerCaseName)
    {
        foreach (ref FieldLine line in _lines.AsSpan(0, Count))
        {
            if (line.NameLength != foldedLowerCaseName.Length || FieldSet.NotNominable.Has(line.Name)) continue;
            if (FieldNames.EqualsFolded(window.Slice(line.Start, line.NameLength), foldedLowerCaseName)) Drop(ref line);
        }
    }

    /// <summary>The index of the first line at or after <paramref name="from"/> with this name, or -1.</summary>
    internal readonly int Find(ReadOnlySpan<byte> window, ReadOnlySpan<byte> name, int from)
    {
        for (int i = from; i < Count; i++)
        {
            ref readonly FieldLine line = ref _lines[i];
            if (line.NameLength == name.Length && Ascii.EqualsIgnoreCase(window.Slice(line.Start, line.NameLength), name)) return i;
        }

        return -1;
    }

    /// <summary>Copies all lines but those in <paramref name="dropped"/>, byte for byte; neighbours go in one copy.</summary>
    internal readonly void CopyExcept(FieldSet dropped, ReadOnlySpan<byte> window, ref HeadBuffer to)
    {
        ReadOnlySpan<FieldLine> lines = Lines;
        if (lines.IsEmpty) return;
        int runStart = lines[0].Start;
        if (Present.Overlaps(dropped))
        {
            for (int i = 0; i < lines.Length; i++)
            {
                if (!dropped.Has(lines[i].Name)) continue;
                to.Append(window[runStart..lines[i].Start]);
                runStart = i + 1 < lines.Length ? lines[i + 1].Start : End;
            }
        }

        to.Append(window[runStart..End]);
    }

    private static HttpFault NameFault(byte stop) => stop switch
    {
        0 => HttpFault.NulByte,
        ByteSets.Lf => HttpFault.BareLf,
        ByteSets.Space or ByteSets.Tab => HttpFault.WhitespaceBeforeColon,
        _ => HttpFault.BadFieldName,
    };

    private static HttpFault ValueFault(byte stop) => stop switch
    {
        0 => HttpFault.NulByte,
        ByteSets.Lf => HttpFault.BareLf,
        _ => HttpFault.BadFieldValue,
    };

    private void Add(ReadOnlySpan<byte> window, int lineStart, int colon, int valueEnd, FieldName name)
    {
        int valueStart = colon + 1;
        while (valueStart < valueEnd && window[valueStart] is ByteSets.Space or ByteSets.Tab) valueStart++;
        while (valueEnd > valueStart && window[valueEnd - 1] is ByteSets.Space or ByteSets.Tab) valueEnd--;
        if (Count == _lines.Length) Array.Resize(ref _lines, Math.Min(_lines.Length * 2, Math.Max(_fieldsMax, LinesAtFirst)));
        ref FieldLine line = ref _lines[Count++];
        line.Start = lineStart;
        line.NameLength = colon - lineStart;
        line.ValueStart = valueStart;
        line.ValueLength = valueEnd - valueStart;
        line.Name = name;
    }

    private void Drop(ref FieldLine line)
    {
        if (line.Name != FieldName.Other) Present = Present.Without(line.Name);
        line.Name = FieldName.Nominated;
        Present = Present.With(FieldName.Nominated);
    }

    private void Save(int lineStart, int position, int colon, FieldName name)
    {
        _lineStart = lineStart;
        Position = position;
        _colon = colon;
        _name = name;
    }

    private FieldStep Refuse(HttpFault fault)
    {
        Fault = fault;
        return FieldStep.Invalid;
    }
}
