namespace FastCanary.Traffic;

/// <summary>What of an endpoint outlives a reload; the same object for the same service, version and <c>host:port</c>.</summary>
public sealed class EndpointState
{
    internal EndpointState(int id, string key)
    {
        Id = id;
        Key = key;
    }

    /// <summary>Dense from 0, in order of first appearance; never given to another endpoint while the process lives.</summary>
    public int Id { get; }

    /// <summary><c>service/version/host:port</c>.</summary>
    public string Key { get; }
}
