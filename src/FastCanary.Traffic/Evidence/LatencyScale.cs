using System.Numerics;

namespace FastCanary.Traffic;

/// <summary>
/// The buckets of a latency histogram: whole microseconds up to 127, then 64 buckets an octave, as in HdrHistogram with two significant decimal digits.
/// A bucket's <see cref="Value"/> is at most 0.8 % away from whatever fell into it.
/// </summary>
public static class LatencyScale
{
    /// <summary>What takes longer falls into the last bucket: 100 s.</summary>
    public const long MicrosMax = 100_000_000;

    /// <summary>How many buckets there are.</summary>
    public const int Count = 1376;

    private const int OctaveBits = 6;
    private const int PerOctave = 1 << OctaveBits;
    private const int ExactBelow = 2 * PerOctave;

    /// <summary>The bucket of a duration.</summary>
    /// <param name="micros">Microseconds; below 0 counts as 0.</param>
    public static int IndexOf(long micros)
    {
        long value = Math.Clamp(micros, 0, MicrosMax);
        if (value < ExactBelow) return (int)value;
        int shift = BitOperations.Log2((ulong)value) - OctaveBits;
        return (shift << OctaveBits) + (int)(value >> shift);
    }

    /// <summary>The shortest duration of a bucket, in microseconds; of <see cref="Count"/>: the first one beyond the scale.</summary>
    public static long LowerBound(int index) =>
        index < ExactBelow ? index : (long)((index & (PerOctave - 1)) + PerOctave) << ((index >> OctaveBits) - 1);

    /// <summary>The middle of a bucket, in microseconds.</summary>
    public static long Value(int index)
    {
        long lower = LowerBound(index);
        return lower + ((LowerBound(index + 1) - lower) / 2);
    }
}
