using FastCanary.Release;
using FastCanary.Traffic;

namespace FastCanary.Decisions.Streams;

/// <summary>
/// Log-normal latencies, and which responses exceed thresholds that were fixed before: each minute those of the next are set, from the baseline's histogram of that minute. Nothing fails.
/// </summary>
internal sealed class LatencyStream : TrafficStream
{
    private const double MedianMicros = 50_000;
    private const double Spread = 0.6;
    private const double SpellSlowness = 2;
    private const double SecondsBetweenSpells = 20 * 60;
    private const double SpellSeconds = 5 * 60;
    private const int GridBits = 16;
    private const int ResponsesMin = 100;

    // Equally likely multiples of the median: the quantiles of the distribution at the middles of equal parts.
    private static readonly double[] Grid = [.. Enumerable.Range(0, 1 << GridBits).Select(i => Math.Exp(Spread * NormalDistribution.Quantile((i + 0.5) / (1 << GridBits))))];

    private readonly LatencyGuardPlan _plan;
    private readonly long[][] _histograms = [new long[LatencyScale.Count], new long[LatencyScale.Count]];
    private readonly long[][] _thresholds;
    private bool _isSlow;
    private double _spellChangesAt;

    public LatencyStream(Cell cell, SimulatedRandom random)
        : base(cell, random)
    {
        _plan = PlanOf(cell);
        _thresholds = [[.. Enumerable.Repeat(long.MaxValue, _plan.Quantiles.Length)], [.. Enumerable.Repeat(long.MaxValue, _plan.Quantiles.Length)]];
        _spellChangesAt = Exponential(SecondsBetweenSpells);
    }

    public static LatencyGuardPlan PlanOf(Cell cell) => new() { MaxIncreaseBasisPoints = cell.MaxIncreaseBasisPoints, MinIncrease = TimeSpan.FromMilliseconds(cell.MaxIncreaseBasisPoints == 0 ? 0 : 1) };

    protected override void Draw(Look look)
    {
        while (Cell.Traffic == TrafficKind.SlowSpells && _spellChangesAt < look.Second)
        {
            _isSlow = !_isSlow;
            _spellChangesAt += Exponential(_isSlow ? SpellSeconds : SecondsBetweenSpells);
        }

        long requests = Arrivals();
        long canary = Split(look.CanaryBasisPoints, requests);
        Count(ref look.Baseline, 0, requests - canary, 1);
        Count(ref look.Canary, 1, canary, Cell.Slowness);
        if (!look.EndsMinute)
            return;
        (look.BaselineP99, look.CanaryP99) = (Quantile(_histograms[0], 0.99), Quantile(_histograms[1], 0.99));
        FixThresholds();
        Array.Clear(_histograms[0]);
        Array.Clear(_histograms[1]);
    }

    private static long Quantile(long[] histogram, double quantile)
    {
        long count = histogram.Sum();
        if (count == 0)
            return 0;
        // From the top: there is less to go there.
        long above = (long)(count * (1 - quantile));
        int index = LatencyScale.Count - 1;
        for (long passed = histogram[index]; passed <= above; passed += histogram[index])
            index--;
        return LatencyScale.Value(index);
    }

    private void Count(ref Counts counts, int version, long requests, double slowness)
    {
        Span<long> slow = stackalloc long[3];
        double scale = MedianMicros * slowness * (_isSlow ? SpellSlowness : 1);
        long[] histogram = _histograms[version];
        long[] thresholds = _thresholds[version];
        ulong bits = 0;
        for (long i = 0; i < requests; i++)
        {
            bits = (i & 3) == 0 ? Random.NextBits() : bits >> GridBits;
            long micros = (long)(Grid[bits & ((1 << GridBits) - 1)] * scale);
            histogram[LatencyScale.IndexOf(micros)]++;
            for (int quantile = 0; quantile < thresholds.Length; quantile++)
            {
                if (micros > thresholds[quantile])
                    slow[quantile]++;
            }
        }

        counts = new Counts { Requests = requests, Slow0 = slow[0], Slow1 = slow[1], Slow2 = slow[2] };
    }

    private void FixThresholds()
    {
        if (_histograms[0].Sum() < ResponsesMin)
            return;
        for (int i = 0; i < _plan.Quantiles.Length; i++)
        {
            long micros = Quantile(_histograms[0], _plan.Quantiles[i]);
            (_thresholds[0][i], _thresholds[1][i]) = (micros, _plan.CanaryThreshold(micros));
        }
    }

    private double Exponential(double mean) => -mean * Math.Log(1 - Random.NextDouble());
}
