using FastCanary.Proxy;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>The counters of a data plane that runs.</summary>
internal sealed class DataPlaneCounters(DataPlane data) : ITrafficCounters
{
    public void Read(VersionModel version, VersionTotals totals) => data.Read(version, totals);

    public (int Active, int Idle) UpstreamConnectionsOf(VersionModel version) => data.UpstreamConnectionsOf(version);

    public long FailuresOf(EndpointModel endpoint) => data.FailuresOf(endpoint).Count;

    // The loops' clock is the system's.
    public bool IsUp(EndpointModel endpoint) => endpoint.State.IsAvailable(Environment.TickCount64);

    public int ConnectionsOf(ListenerModel listener) => data.ConnectionsOf(listener);

    public long Count(ExchangeOutcome outcome) => data.Count(outcome);
}
