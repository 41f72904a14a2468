using System.Runtime.InteropServices;

namespace FastCanary.Proxy;

/// <summary>
/// A ring of bytes between one loop, which writes whole lines, and one thread that drains it. Bounded, without a lock: each side moves a position of its own and reads the other's.
/// </summary>
public sealed class AccessLogBuffer
{
    /// <summary>How much it holds.</summary>
    public const int Bytes = 256 << 10;

    private readonly ManualResetEventSlim _halfFull;
    private byte[] _ring = [];
    private Positions _positions;

    // What the loop has last seen of the other side: as long as that leaves room, the line between the two does not travel.
    private long _drainedSeen;
    private long _dropped;

    internal AccessLogBuffer(ManualResetEventSlim halfFull)
    {
        _halfFull = halfFull;
    }

    /// <summary>Lines for which there was no room.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Takes out what is there: whole lines, each with its line end. One thread at a time.</summary>
    /// <param name="destination">At least <see cref="Bytes"/>.</param>
    /// <returns>How many bytes.</returns>
    public int Drain(Span<byte> destination)
    {
        var drained = _positions.Drained;
        var length = (int)(Volatile.Read(ref _positions.Written) - drained);
        if (length == 0) return 0;
        var at = (int)(drained % Bytes);
        var first = Math.Min(length, Bytes - at);
        _ring.AsSpan(at, first).CopyTo(destination);
        _ring.AsSpan(0, length - first).CopyTo(destination[first..]);
        Volatile.Write(ref _positions.Drained, drained + length);
        return length;
    }

    /// <summary>Gets the memory; nothing can be written before.</summary>
    internal void MakeRoom()
    {
        if (_ring.Length == 0) _ring = GC.AllocateUninitializedArray<byte>(Bytes);
    }

    /// <summary>Writes a line, unless there is no room: then it is counted. Loop's thread only; never waits.</summary>
    internal void Write(ReadOnlySpan<byte> line)
    {
        var written = _positions.Written;
        if (line.Length > Bytes - (written - _drainedSeen)) _drainedSeen = Volatile.Read(ref _positions.Drained);
        if (line.Length > Bytes - (written - _drainedSeen))
        {
            _dropped++;
            return;
        }

        var at = (int)(written % Bytes);
        var first = Math.Min(line.Length, Bytes - at);
        line[..first].CopyTo(_ring.AsSpan(at));
        line[first..].CopyTo(_ring);
        written += line.Length;
        Volatile.Write(ref _positions.Written, written);
        if (written - _drainedSeen < Bytes / 2 || _halfFull.IsSet) return;
        _drainedSeen = Volatile.Read(ref _positions.Drained);
        // Once a half: what it costs to wake a thread is spread over some hundred lines.
        if (written - _drainedSeen >= Bytes / 2) _halfFull.Set();
    }

    // 128 bytes apart and from what is beside them, as in SplitCounter.
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Positions
    {
        [FieldOffset(128)]
        public long Written;

        [FieldOffset(256)]
        public long Drained;
    }
}
