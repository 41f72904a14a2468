using FastCanary.Traffic;

namespace FastCanary.Proxy;

/// <summary>
/// What all loops have counted of one version since the start, by the requests whose turn was its. Filled by <see cref="DataPlane.Read"/>, again and again. Loops go on while they are summed:
/// a request may be in one figure and not yet in another, and is so at the next look.
/// </summary>
public sealed class VersionTotals
{
    /// <summary>The lowest status.</summary>
    public const int StatusMin = 100;

    /// <summary>Requests by the status that the client got, at its place less <see cref="StatusMin"/>; a tunnel is a 101. A client that left before any head is in none.</summary>
    public long[] Statuses { get; } = new long[VersionTally.StatusCount];

    /// <summary>Requests by their latency, in the buckets of <see cref="LatencyScale"/>: from the request's head to the last byte of the response; of a tunnel to its head.</summary>
    public long[] Latency { get; } = new long[LatencyScale.Count];

    /// <summary>The sum of those latencies, in microseconds.</summary>
    public long LatencySumMicros { get; set; }

    /// <summary>Requests that have ended, however; tunnels that have begun.</summary>
    public long Requests { get; set; }

    /// <summary>Requests that failed, whatever chose their version.</summary>
    public long Failures { get; set; }

    /// <summary>Responses that told of a business error.</summary>
    public long Business { get; set; }

    /// <summary>What happened to them beyond being answered.</summary>
    public VersionCounters Counters { get; set; }

    /// <summary>The evidence of even epochs.</summary>
    public EvidenceCounts Evidence0 { get; set; }

    /// <summary>The evidence of odd epochs.</summary>
    public EvidenceCounts Evidence1 { get; set; }

    internal void Clear()
    {
        Array.Clear(Statuses);
        Array.Clear(Latency);
        LatencySumMicros = Requests = Failures = Business = 0;
        Counters = default;
        Evidence0 = Evidence1 = default;
    }
}
