using System.Runtime.InteropServices;

namespace FastCanary.Traffic;

/// <summary>Hands out the positions of a split: 0, 1, 2, … each exactly once, to whichever loop asks. Shared by all loops, never locked.</summary>
/// <remarks>
/// It is the one word that every loop writes, so it lies alone: 128 bytes on either side, because x64 fetches lines in pairs and
/// some arm64 cores have lines of 128 bytes.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 256)]
public sealed class SplitCounter
{
    [FieldOffset(128)]
    private ulong _position;

    /// <summary>How many positions were handed out; also the position that comes next.</summary>
    public ulong Position => Volatile.Read(ref _position);

    /// <summary>Takes the next position.</summary>
    public ulong Next() => Interlocked.Increment(ref _position) - 1;
}
