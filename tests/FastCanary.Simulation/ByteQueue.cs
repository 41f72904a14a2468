namespace FastCanary.Simulation;

/// <summary>Bytes, first in, first out.</summary>
internal sealed class ByteQueue
{
    private byte[] _bytes = [];
    private int _start;

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_start + Count + bytes.Length > _bytes.Length)
        {
            var target = Count + bytes.Length > _bytes.Length / 2 ? new byte[Math.Max(256, 2 * (Count + bytes.Length))] : _bytes;
            _bytes.AsSpan(_start, Count).CopyTo(target);
            _bytes = target;
            _start = 0;
        }

        bytes.CopyTo(_bytes.AsSpan(_start + Count));
        Count += bytes.Length;
    }

    /// <summary>The oldest bytes; they stay.</summary>
    public ReadOnlySpan<byte> Peek(int count) => _bytes.AsSpan(_start, count);

    public void Drop(int count)
    {
        _start += count;
        Count -= count;
    }

    /// <summary>Drops the newest bytes, beyond <paramref name="count"/>.</summary>
    public void Truncate(int count) => Count = count;
}
