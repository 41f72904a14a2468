using FastCanary.Proxy;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>Stands in for the data plane's until that has one.</summary>
internal sealed class VersionTotals
{
    public const int StatusMin = 100;

    public long[] Statuses { get; } = new long[900];

    public long[] Latency { get; } = new long[LatencyScale.Count];

    public long LatencySumMicros { get; set; }

    public long Requests { get; set; }

    public long Failures { get; set; }

    public long Business { get; set; }

    public VersionCounters Counters { get; set; }
}
