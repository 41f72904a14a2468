namespace FastCanary.Traffic;

/// <summary>What of a service outlives a reload; the same object for the same name.</summary>
public sealed class ServiceState
{
    internal ServiceState(string name) => Name = name;

    /// <summary>As configured.</summary>
    public string Name { get; }

    /// <summary>Where the split stands. It carries on over snapshots.</summary>
    public SplitCounter Counter { get; } = new();
}
