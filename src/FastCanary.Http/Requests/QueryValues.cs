using System.Runtime.InteropServices;

namespace FastCanary.Http;

/// <summary>Walks over the query parameters of one name: <see cref="QueryParameters.All"/>.</summary>
[StructLayout(LayoutKind.Auto)]
public ref struct QueryValues
{
    private readonly ReadOnlySpan<byte> _query;
    private readonly ReadOnlySpan<byte> _name;
    private int _position;
    private int _walked;

    internal QueryValues(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name)
    {
        _query = query;
        _name = name;
    }

    /// <summary>Where in the query the raw value is that the last <see cref="MoveNext"/> found.</summary>
    public ByteRange Range { get; private set; }

    /// <summary>The raw value that the last <see cref="MoveNext"/> found; possibly empty.</summary>
    public readonly ReadOnlySpan<byte> Current => Range.Of(_query);

    /// <summary>For <c>foreach</c>.</summary>
    public readonly QueryValues GetEnumerator() => this;

    /// <summary>Goes on to the next parameter of the name. Nothing between two ampersands is no parameter.</summary>
    public bool MoveNext()
    {
        while (_position < _query.Length)
        {
            int start = _position;
            int length = _query[start..].IndexOf((byte)'&');
            int end = length < 0 ? _query.Length : start + length;
            _position = end + 1;
            if (start == end) continue;
            if (++_walked > QueryParameters.WalkedMax) return false;
            int nameLength = _query[start..end].IndexOf((byte)'=');
            int nameEnd = nameLength < 0 ? end : start + nameLength;
            if (!QueryParameters.DecodedEquals(_query[start..nameEnd], _name)) continue;
            int valueStart = nameLength < 0 ? end : nameEnd + 1;
            Range = new ByteRange(valueStart, end - valueStart);
            return true;
        }

        return false;
    }
}
