using FastCanary.Proxy;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>What the data plane has counted, as the metrics need it. Any thread.</summary>
internal interface ITrafficCounters
{
    /// <summary>All that was counted of a version. No allocation.</summary>
    /// <param name="version">Of the live snapshot.</param>
    /// <param name="totals">Is filled anew.</param>
    void Read(VersionModel version, VersionTotals totals);

    /// <summary>Connections to a version's endpoints: in use, and kept for the next request.</summary>
    (int Active, int Idle) UpstreamConnectionsOf(VersionModel version);

    /// <summary>Requests to an endpoint that failed.</summary>
    long FailuresOf(EndpointModel endpoint);

    /// <summary>Whether an endpoint is up by its health check and not ejected.</summary>
    bool IsUp(EndpointModel endpoint);

    /// <summary>Clients' connections that a listener has open.</summary>
    int ConnectionsOf(ListenerModel listener);

    /// <summary>Exchanges that ended so.</summary>
    long Count(ExchangeOutcome outcome);
}
