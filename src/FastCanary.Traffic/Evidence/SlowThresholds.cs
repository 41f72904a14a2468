namespace FastCanary.Traffic;

/// <summary>
/// From where on a response counts as slow: for each judged quantile one duration for the baseline and one for all other versions. Set by the control plane before they are used, read by every
/// loop; each is seen whole, and what is seen of the others beside it may be older.
/// </summary>
public sealed class SlowThresholds
{
    /// <summary>The most quantiles that are judged.</summary>
    public const int Quantiles = 3;

    // Baseline and others by turns.
    private readonly long[] _micros = [long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue];

    /// <summary>A response is slow where it took longer than this, in microseconds; <see cref="long.MaxValue"/>: none is.</summary>
    /// <param name="quantile">From 0 to <see cref="Quantiles"/> - 1.</param>
    /// <param name="isBaseline">Whether the response is charged to the baseline.</param>
    public long Micros(int quantile, bool isBaseline) => Volatile.Read(ref _micros[(quantile * 2) + (isBaseline ? 0 : 1)]);

    /// <summary>Sets both durations of a quantile, in microseconds.</summary>
    public void Set(int quantile, long baselineMicros, long othersMicros)
    {
        Volatile.Write(ref _micros[quantile * 2], baselineMicros);
        Volatile.Write(ref _micros[(quantile * 2) + 1], othersMicros);
    }
}
