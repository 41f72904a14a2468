namespace FastCanary.Traffic;

/// <summary>What of a version outlives a reload; the same object for the same service and name.</summary>
public sealed class VersionState
{
    private int _availabilityEpoch;
    private int _ejecting;
    private bool _isBarred;

    internal VersionState(int id, string name)
    {
        Id = id;
        Name = name;
    }

    /// <summary>Dense from 0, in order of first appearance; never given to another version while the process lives.</summary>
    public int Id { get; }

    /// <summary>As configured.</summary>
    public string Name { get; }

    /// <summary>Where the choice among the version's endpoints stands. It carries on over snapshots.</summary>
    public SplitCounter EndpointCounter { get; } = new();

    /// <summary>As <see cref="VersionModel.IsBarred"/> of the model in force, for requests that began before and still wait. Set by the control plane.</summary>
    public bool IsBarred
    {
        get => Volatile.Read(ref _isBarred);
        set => Volatile.Write(ref _isBarred, value);
    }

    /// <summary>What became of requests that were mirrored to the version.</summary>
    public MirrorCounters Mirror { get; } = new();

    /// <summary>Changes whenever an endpoint of the version becomes unavailable, or available ahead of its time.</summary>
    internal int AvailabilityEpoch => Volatile.Read(ref _availabilityEpoch);

    internal void ChangeAvailability() => Interlocked.Increment(ref _availabilityEpoch);

    /// <summary>Whether the caller is the one that may eject an endpoint now: how many are out is counted by one loop at a time. Never waits.</summary>
    internal bool TryBeginEjecting() => Interlocked.CompareExchange(ref _ejecting, 1, 0) == 0;

    internal void EndEjecting() => Volatile.Write(ref _ejecting, 0);
}
