using FastCanary.Proxy;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests.Metrics;

/// <summary>Counters that say what the test wants.</summary>
internal sealed class FakeCounters : ITrafficCounters
{
    /// <summary>Fills a version's totals, which are empty.</summary>
    public Action<VersionModel, VersionTotals> Fill { get; set; } = static (_, _) => { };

    public HashSet<string> Down { get; } = new(StringComparer.Ordinal);

    public void Read(VersionModel version, VersionTotals totals)
    {
        Array.Clear(totals.Statuses);
        Array.Clear(totals.Latency);
        totals.LatencySumMicros = totals.Requests = totals.Failures = totals.Business = 0;
        totals.Counters = default;
        Fill(version, totals);
    }

    public (int Active, int Idle) UpstreamConnectionsOf(VersionModel version) => (2, 3);

    public long FailuresOf(EndpointModel endpoint) => 4;

    public bool IsUp(EndpointModel endpoint) => !Down.Contains(endpoint.Name);

    public int ConnectionsOf(ListenerModel listener) => 5;

    public long Count(ExchangeOutcome outcome) => (long)outcome;
}
