namespace FastCanary.Simulation;

/// <summary>What a <see cref="SimulatedNetwork"/> does to its connections. Chances are per thousand; the defaults disturb nothing.</summary>
internal sealed record NetworkOptions
{
    /// <summary>The shortest and the longest time that bytes are under way, in microseconds.</summary>
    public (int Least, int Most) DelayUs { get; init; } = (10, 50);

    /// <summary>What the two kernels of one direction hold at most, in bytes, as drawn per direction.</summary>
    public (int Least, int Most) BufferBytes { get; init; } = (64 << 10, 256 << 10);

    /// <summary>A receive gets less than there is.</summary>
    public int ShortReceive { get; init; }

    /// <summary>A send is taken in part.</summary>
    public int ShortSend { get; init; }

    /// <summary>A send is refused though there is room; the event follows.</summary>
    public int SendBlocks { get; init; }

    /// <summary>What was sent in one call arrives in several pieces.</summary>
    public int Cut { get; init; }

    /// <summary>An event is reported later than it could be.</summary>
    public int LateEvent { get; init; }

    /// <summary>A pass reports readiness of a connection that is not ready.</summary>
    public int SpuriousEvent { get; init; }

    /// <summary>A wait is interrupted by a signal.</summary>
    public int Interrupted { get; init; }

    /// <summary>A pass takes some milliseconds.</summary>
    public int SlowPass { get; init; }

    /// <summary>A connection that the loop begins is refused.</summary>
    public int Refused { get; init; }

    /// <summary>A connection that the loop begins is never answered.</summary>
    public int Unanswered { get; init; }

    /// <summary>The system has no descriptor for a connection that the loop begins.</summary>
    public int OutOfDescriptors { get; init; }

    /// <summary>A send makes the network break the connection soon after: both ends see a reset.</summary>
    public int Broken { get; init; }

    /// <summary>Connections offer pipes of the kernel.</summary>
    public bool CanSplice { get; init; }

    /// <summary>The system gives no pipe.</summary>
    public int PipeRefused { get; init; }

    /// <summary>What a pipe holds, in bytes.</summary>
    public int PipeBytes { get; init; } = 64 << 10;

    /// <summary>Bound of a loop's block pool; 0: as its owner asks.</summary>
    public long BlockBytesMax { get; init; }
}
