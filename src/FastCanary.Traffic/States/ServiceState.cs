namespace FastCanary.Traffic;

/// <summary>What of a service outlives a reload; the same object for the same name.</summary>
public sealed class ServiceState
{
    internal ServiceState(int id, string name)
    {
        Id = id;
        Name = name;
    }

    /// <summary>Dense from 0, in order of first appearance; never given to another service while the process lives.</summary>
    public int Id { get; }

    /// <summary>As configured.</summary>
    public string Name { get; }

    /// <summary>Where the split stands. It carries on over snapshots.</summary>
    public SplitCounter Counter { get; } = new();

    /// <summary>Where the choice of mirrored requests stands.</summary>
    public SplitCounter MirrorCounter { get; } = new();

    /// <summary>Where the choice of requests for the fault drill stands.</summary>
    public SplitCounter FaultCounter { get; } = new();
}
