namespace FastCanary.Proxy;

/// <summary>Bytes that are put together piece by piece, in one array that grows to what was needed most. Loop's thread only.</summary>
internal sealed class FieldBuffer
{
    private byte[] _bytes = new byte[1024];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Room behind what is written, of at least <paramref name="length"/> bytes.</summary>
    public Span<byte> GetSpan(int length)
    {
        if (_bytes.Length - _length < length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + length));
        return _bytes.AsSpan(_length);
    }

    public void Advance(int length) => _length += length;
}
