namespace FastCanary.Transport.Epoll;

/// <summary>A pipe's two descriptors.</summary>
internal sealed class EpollPipe : KernelPipe
{
    // One fill and one drain a piece: larger ones save calls, and hold more of a slow reader's bytes in the kernel.
    private const int CapacityWanted = 256 << 10;

    private EpollPipe(int readEnd, int writeEnd, int capacity)
    {
        ReadEnd = readEnd;
        WriteEnd = writeEnd;
        Capacity = capacity;
    }

    public int ReadEnd { get; }

    public int WriteEnd { get; }

    /// <returns>Null where the process has no descriptors left.</returns>
    public static unsafe EpollPipe? TryCreate()
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.SocketNonBlockCloseOnExec) != 0) return null;
        var capacity = Libc.FileControl(ends[1], Libc.SetPipeSize, CapacityWanted);
        // Where the user's pipes have used up what the system grants, a pipe stays as small as it is.
        if (capacity <= 0) capacity = Math.Max(4096, Libc.FileControl(ends[1], Libc.GetPipeSize, 0));
        return new EpollPipe(ends[0], ends[1], capacity);
    }

    internal override void Close()
    {
        _ = Libc.Close(ReadEnd);
        _ = Libc.Close(WriteEnd);
    }
}
