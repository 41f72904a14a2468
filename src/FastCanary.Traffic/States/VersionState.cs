namespace FastCanary.Traffic;

/// <summary>What of a version outlives a reload; the same object for the same service and name.</summary>
public sealed class VersionState
{
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
}
