using System.Runtime.InteropServices;

namespace FastCanary.Http;

/// <summary>The elements of a comma-separated field value without the white space around them (RFC 9110 section 5.6.1). Only for lists of tokens: it knows no quotes.</summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct ListElements(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> _rest = value;
    private bool _ended;

    /// <summary>The element that the last <see cref="MoveNext"/> found; possibly empty.</summary>
    internal ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>An empty value has one empty element.</summary>
    internal bool MoveNext()
    {
        if (_ended) return false;
        int comma = _rest.IndexOf((byte)',');
        _ended = comma < 0;
        Current = ByteSets.TrimOws(_ended ? _rest : _rest[..comma]);
        if (!_ended) _rest = _rest[(comma + 1)..];
        return true;
    }
}
