namespace FastCanary.Traffic;

/// <summary>What of a version outlives a reload; the same object for the same service and name.</summary>
public sealed class VersionState
{
    internal VersionState(string name) => Name = name;

    /// <summary>As configured.</summary>
    public string Name { get; }

    /// <summary>Where the choice among the version's endpoints stands. It carries on over snapshots.</summary>
    public SplitCounter EndpointCounter { get; } = new();
}
