using System.Collections.Concurrent;

namespace FastCanary.Proxy;

/// <summary>What one loop mirrors: how many exchanges are under way, and copies to be used again. Loop's thread, but for <see cref="Return"/>.</summary>
internal sealed class LoopMirrors(Worker worker, MirrorComparer comparer)
{
    /// <summary>Mirrored requests of a loop that are under way at a time, from a request's first byte until both responses are there; beyond it requests are not mirrored.</summary>
    public const int UnderWayMax = 128;

    private readonly ConcurrentQueue<MirrorCopy> _free = new();

    /// <summary>How long a mirrored exchange may take in all, in milliseconds, whatever progress it makes.</summary>
    public int TotalTimeoutMs { get; set; } = 60_000;

    public MirrorComparer Comparer => comparer;

    /// <summary>Copies that hold one of the loop's places.</summary>
    public int UnderWay { get; set; }

    public bool HasRoom => UnderWay < UnderWayMax && !comparer.IsStopping;

    public MirrorCopy Rent() => _free.TryDequeue(out var copy) ? copy : new MirrorCopy(worker, this);

    /// <summary>Takes a copy back that nobody refers to any more. Any thread.</summary>
    public void Return(MirrorCopy copy)
    {
        if (_free.Count < UnderWayMax) _free.Enqueue(copy);
    }
}
