using System.Runtime.InteropServices;

namespace FastCanary.Http;

/// <summary>Walks over the cookies of one name: <see cref="CookieFields.All"/>.</summary>
[StructLayout(LayoutKind.Auto)]
public ref struct CookieValues
{
    private readonly RequestHead _head;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<byte> _name;
    private int _line;
    private int _position;
    private int _walked;
    private int _lineEnd;

    internal CookieValues(RequestHead head, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name)
    {
        _head = head;
        _bytes = bytes;
        _name = name;
        _line = -1;
    }

    /// <summary>Where in the request's bytes the value is that the last <see cref="MoveNext"/> found.</summary>
    public ByteRange Range { get; private set; }

    /// <summary>The value that the last <see cref="MoveNext"/> found; possibly empty.</summary>
    public readonly ReadOnlySpan<byte> Current => Range.Of(_bytes);

    /// <summary>For <c>foreach</c>.</summary>
    public readonly CookieValues GetEnumerator() => this;

    /// <summary>Goes on to the next cookie of the name.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            while (_position < _lineEnd)
            {
                int start = _position;
                int length = _bytes[start.._lineEnd].IndexOf((byte)';');
                int end = length < 0 ? _lineEnd : start + length;
                _position = end + 1;
                if (++_walked > CookieFields.WalkedMax) return false;
                if (TryTake(start, end)) return true;
            }

            _line = _head.FindField(_bytes, "cookie"u8, _line + 1);
            if (_line < 0)
            {
                // Asked again, it ends again.
                _line = _head.FieldCount;
                return false;
            }

            ByteRange value = _head.FieldValueAt(_line);
            _position = value.Start;
            _lineEnd = value.End;
        }
    }

    private bool TryTake(int start, int end)
    {
        while (start < end && _bytes[start] is ByteSets.Space or ByteSets.Tab) start++;
        if (end - start <= _name.Length || !_bytes[start..end].StartsWith(_name)) return false;
        int equals = start + _name.Length;
        while (equals < end && _bytes[equals] is ByteSets.Space or ByteSets.Tab) equals++;
        if (equals == end || _bytes[equals] != (byte)'=') return false;

        int valueStart = equals + 1;
        while (valueStart < end && _bytes[valueStart] is ByteSets.Space or ByteSets.Tab) valueStart++;
        while (end > valueStart && _bytes[end - 1] is ByteSets.Space or ByteSets.Tab) end--;
        Range = new ByteRange(valueStart, end - valueStart);
        return true;
    }
}
