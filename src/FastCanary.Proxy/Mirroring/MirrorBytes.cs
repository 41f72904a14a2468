namespace FastCanary.Proxy;

/// <summary>Bytes that are gathered in one piece, in memory of <see cref="MirrorMemory"/>. One owner at a time, on whatever thread.</summary>
internal sealed class MirrorBytes(MirrorMemory memory)
{
    private const int BytesMin = 1024;

    private byte[]? _array;

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _array.AsSpan(0, Length);

    /// <param name="bytes">What comes behind the rest.</param>
    /// <param name="bytesMax">How many there may be in all.</param>
    /// <returns>False where that would be more, or there is no memory; nothing has changed then.</returns>
    public bool TryAppend(ReadOnlySpan<byte> bytes, int bytesMax)
    {
        if (bytes.Length > bytesMax - Length || !TryMakeRoom(Length + bytes.Length, bytesMax)) return false;
        bytes.CopyTo(_array.AsSpan(Length));
        Length += bytes.Length;
        return true;
    }

    /// <summary>Drops what is behind the first <paramref name="length"/> bytes.</summary>
    public void CutTo(int length) => Length = length;

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        Length = 0;
        if (_array is not { } array) return;
        _array = null;
        memory.Return(array);
    }

    private bool TryMakeRoom(int bytes, int bytesMax)
    {
        if (bytes == 0 || _array is { } enough && enough.Length >= bytes) return true;
        var wanted = Math.Max(bytes, Math.Min(bytesMax, Math.Max(BytesMin, Length * 2)));
        if (memory.TryRent(wanted) is not { } larger) return false;
        if (_array is { } array)
        {
            array.AsSpan(0, Length).CopyTo(larger);
            memory.Return(array);
        }

        _array = larger;
        return true;
    }
}
