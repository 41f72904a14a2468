using System.Text;
using FastCanary.Http;

namespace FastCanary.Traffic;

/// <summary>A name that conditions look at, one object for all conditions of a table on that name.</summary>
internal sealed class RuleName(NamedSource source, string name)
{
    private readonly byte[] _name = Encoding.UTF8.GetBytes(name);

    /// <summary>Of what it is the name.</summary>
    public NamedSource Source { get; } = source;

    /// <summary>How many conditions of the table are on it.</summary>
    public int Uses { get; set; }

    /// <summary>Whether a <see cref="RuleSelector"/> begins at it.</summary>
    public bool IsSelector { get; set; }

    /// <summary>Where a match keeps what it has found, below <see cref="RuleNames.SlotsMax"/>; -1: it is looked up whenever it is asked for.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Finds the values of this name in the order received, and no more of them than there is room.</summary>
    /// <returns>How many were found.</returns>
    public int Find(in RequestView request, Span<ByteRange> values)
    {
        int count = 0;
        switch (Source)
        {
            case NamedSource.Header:
                for (int i = request.Head.FindField(request.Bytes, _name); i >= 0 && count < values.Length; i = request.Head.FindField(request.Bytes, _name, i + 1))
                    values[count++] = request.Head.FieldValueAt(i);
                return count;
            case NamedSource.Cookie:
                CookieValues cookies = CookieFields.All(request.Head, request.Bytes, _name);
                while (count < values.Length && cookies.MoveNext())
                    values[count++] = cookies.Range;
                return count;
            default:
                ByteRange query = request.Head.Query;
                QueryValues parameters = QueryParameters.All(query.Of(request.Bytes), _name);
                while (count < values.Length && parameters.MoveNext())
                    values[count++] = new ByteRange(query.Start + parameters.Range.Start, parameters.Range.Length);
                return count;
        }
    }

    /// <summary>Whether one of the values of this name, of the first <see cref="RuleTable.ValuesMax"/>, does; looks no further than that one.</summary>
    public bool Any(in RequestView request, in NamedTest test)
    {
        int left = RuleTable.ValuesMax;
        switch (Source)
        {
            case NamedSource.Header:
                for (int i = request.Head.FindField(request.Bytes, _name); i >= 0 && left-- > 0; i = request.Head.FindField(request.Bytes, _name, i + 1))
                {
                    if (test.Accepts(request.Head.FieldValueAt(i).Of(request.Bytes)))
                        return true;
                }
                return false;
            case NamedSource.Cookie:
                CookieValues cookies = CookieFields.All(request.Head, request.Bytes, _name);
                while (left-- > 0 && cookies.MoveNext())
                {
                    if (test.Accepts(cookies.Current))
                        return true;
                }
                return false;
            default:
                QueryValues parameters = QueryParameters.All(request.Head.Query.Of(request.Bytes), _name);
                while (left-- > 0 && parameters.MoveNext())
                {
                    if (test.Accepts(parameters.Current))
                        return true;
                }
                return false;
        }
    }

    /// <summary>The place of a value of this name among those listed, or -1. A parameter's value is decoded first.</summary>
    public int PlaceOf(ReadOnlySpan<byte> value, ByteStrings listed) =>
        Source == NamedSource.Query && QueryParameters.IsEscaped(value) ? PlaceOfEscaped(value, listed) : listed.Find(value);

    // A longer value is none of those listed, so the longest of them bounds the stack that this takes.
    private static int PlaceOfEscaped(ReadOnlySpan<byte> value, ByteStrings listed)
    {
        Span<byte> decoded = stackalloc byte[Math.Min(value.Length, listed.LongestBytes)];
        return QueryParameters.TryDecode(value, decoded, out int length) ? listed.Find(decoded[..length]) : -1;
    }
}
