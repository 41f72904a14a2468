using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>
/// The buckets of <c>http_response_time_seconds</c>, made of the finer ones of <see cref="LatencyScale"/>. A fine bucket goes whole to the first edge that its middle does not exceed,
/// so a response within 0.8 % of an edge may be counted on the other side of it.
/// </summary>
internal static class LatencyBuckets
{
    /// <summary>The edges in microseconds, and as the <c>le</c> label has them.</summary>
    private static readonly (long Micros, byte[] Text)[] Edges =
    [
        (500, "0.0005"u8.ToArray()),
        (1_000, "0.001"u8.ToArray()),
        (2_500, "0.0025"u8.ToArray()),
        (5_000, "0.005"u8.ToArray()),
        (10_000, "0.01"u8.ToArray()),
        (25_000, "0.025"u8.ToArray()),
        (50_000, "0.05"u8.ToArray()),
        (100_000, "0.1"u8.ToArray()),
        (250_000, "0.25"u8.ToArray()),
        (500_000, "0.5"u8.ToArray()),
        (1_000_000, "1"u8.ToArray()),
        (2_500_000, "2.5"u8.ToArray()),
        (5_000_000, "5"u8.ToArray()),
        (10_000_000, "10"u8.ToArray()),
        (30_000_000, "30"u8.ToArray()),
    ];

    // For each edge the first fine bucket beyond it.
    private static readonly int[] Ends = Array.ConvertAll(Edges, static edge => EndOf(edge.Micros));

    /// <summary>How many edges there are; the last bucket, +Inf, has none.</summary>
    public static int Count => Edges.Length;

    /// <summary>The value of the <c>le</c> label.</summary>
    public static ReadOnlySpan<byte> Text(int edge) => Edges[edge].Text;

    /// <summary>Sums the fine buckets up to each edge.</summary>
    /// <param name="latency">The counts by fine bucket.</param>
    /// <param name="cumulative">Gets <see cref="Count"/> sums.</param>
    /// <returns>The sum of all.</returns>
    public static long Sum(ReadOnlySpan<long> latency, Span<long> cumulative)
    {
        var sum = 0L;
        var at = 0;
        for (var edge = 0; edge < Ends.Length; edge++)
        {
            for (; at < Ends[edge]; at++) sum += latency[at];
            cumulative[edge] = sum;
        }

        for (; at < latency.Length; at++) sum += latency[at];
        return sum;
    }

    private static int EndOf(long micros)
    {
        var index = LatencyScale.IndexOf(micros);
        return LatencyScale.Value(index) <= micros ? index + 1 : index;
    }
}
