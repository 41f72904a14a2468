using System.Numerics;

namespace FastCanary.LoadTests.Measuring;

/// <summary>
/// A histogram of durations as HdrHistogram has it: whole microseconds, 1024 buckets an octave, so that a value read back is at most 0.1 % away from
/// what was recorded, from 1 µs to over an hour. It is the instrument's own and shares nothing with the proxy's.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>What takes longer is recorded as this: 4,294 s.</summary>
    public const long MicrosMax = uint.MaxValue;

    private const int OctaveBits = 10;
    private const int PerOctave = 1 << OctaveBits;
    private const int BucketCount = (32 - OctaveBits + 1) * PerOctave;

    private readonly long[] _counts = new long[BucketCount];
    private double _sum;

    /// <summary>How many durations were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The longest, in microseconds, exactly; 0 if there is none.</summary>
    public long Max { get; private set; }

    /// <summary>The shortest, in microseconds, exactly; 0 if there is none.</summary>
    public long Min { get; private set; }

    /// <summary>In microseconds; 0 if there is none.</summary>
    public double Mean => Count == 0 ? 0 : _sum / Count;

    /// <param name="micros">Microseconds; below 0 counts as 0.</param>
    public void Record(long micros)
    {
        long value = Math.Clamp(micros, 0, MicrosMax);
        _counts[IndexOf(value)]++;
        _sum += value;
        Min = Count == 0 ? value : Math.Min(Min, value);
        Max = Math.Max(Max, value);
        Count++;
    }

    /// <summary>Adds what another one holds.</summary>
    public void Add(LatencyHistogram other)
    {
        if (other.Count == 0) return;
        for (int i = 0; i < BucketCount; i++) _counts[i] += other._counts[i];
        _sum += other._sum;
        Min = Count == 0 ? other.Min : Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
        Count += other.Count;
    }

    /// <summary>The duration that a part of all does not exceed, in microseconds: the middle of its bucket, and never beyond what was seen.</summary>
    /// <param name="share">0 to 1: 0.99 for p99.</param>
    /// <returns>0 if there is none.</returns>
    public long Quantile(double share)
    {
        if (Count == 0) return 0;
        long rank = Math.Clamp((long)Math.Ceiling(share * Count), 1, Count);
        long seen = 0;
        for (int i = 0; i < BucketCount; i++)
        {
            seen += _counts[i];
            if (seen >= rank) return Math.Clamp(MiddleOf(i), Min, Max);
        }

        return Max;
    }

    /// <summary>How many took longer, give or take a bucket.</summary>
    /// <param name="micros">Microseconds.</param>
    public long CountAbove(long micros)
    {
        long count = 0;
        for (int i = IndexOf(Math.Clamp(micros, 0, MicrosMax)) + 1; i < BucketCount; i++) count += _counts[i];
        return count;
    }

    public void Clear()
    {
        if (Count == 0) return;
        Array.Clear(_counts);
        (_sum, Count, Min, Max) = (0, 0, 0, 0);
    }

    private static int IndexOf(long value)
    {
        if (value < PerOctave) return (int)value;
        int shift = BitOperations.Log2((ulong)value) - OctaveBits;
        return ((shift + 1) << OctaveBits) + (int)((value >> shift) & (PerOctave - 1));
    }

    private static long MiddleOf(int index)
    {
        if (index < PerOctave) return index;
        int shift = (index >> OctaveBits) - 1;
        long lower = (long)((index & (PerOctave - 1)) + PerOctave) << shift;
        return lower + ((1L << shift) / 2);
    }
}
