using FastCanary.Decisions.Streams;

namespace FastCanary.Decisions.Deciders;

/// <summary>
/// Mann-Whitney on windows, as Kayenta's judge applies it to a metric: the failure rates of each minute are the points of two series, of which the last 60 are compared every 10 minutes. The canary is
/// "high" where the lower end of the 98 % confidence interval of the shift between the series (Hodges and Lehmann) lies above a quarter of the shift's estimate; one metric that is high is a
/// score of 0, which aborts. The interval is the asymptotic one with continuity correction and ties, as of R's <c>wilcox.test</c>, found by bisection. Outliers are kept.
/// Source: kayenta, <c>NetflixACAJudge</c> (tolerance 0.25, confidence 0.98), <c>MannWhitneyClassifier</c>, <c>MannWhitney</c>.
/// </summary>
internal sealed class MannWhitneyDecider : Decider
{
    private const int PointsMax = 60;
    private const int MinutesBetween = 10;
    private const double Tolerance = 0.25;
    private const int Halvings = 40;

    private readonly Queue<double> _baseline = new(PointsMax);
    private readonly Queue<double> _canary = new(PointsMax);

    public override string Name => "Mann-Whitney, 1-minute windows";

    public override bool Observe(Look look)
    {
        AddPoint(_baseline, look.Baseline);
        AddPoint(_canary, look.Canary);
        return look.Second % (MinutesBetween * 60) == 0 && _canary.Count > 0 && _baseline.Count > 0 && IsHigh([.. _canary], [.. _baseline]);
    }

    /// <summary>Whether the first series lies above the second.</summary>
    internal static bool IsHigh(double[] canary, double[] baseline)
    {
        // The lower end lies above 0 only where the test at no shift says so: most often that settles it.
        if (Statistic(canary, baseline, 0) <= Normal.Quantile99)
            return false;
        return ShiftAt(canary, baseline, Normal.Quantile99) > Tolerance * Math.Abs(ShiftAt(canary, baseline, 0));
    }

    /// <summary>The shift at which the statistic falls to <paramref name="quantile"/>.</summary>
    internal static double ShiftAt(double[] canary, double[] baseline, double quantile)
    {
        double low = canary.Min() - baseline.Max();
        double high = canary.Max() - baseline.Min();
        if (Statistic(canary, baseline, low) <= quantile)
            return low;
        if (Statistic(canary, baseline, high) >= quantile)
            return high;
        for (int i = 0; i < Halvings; i++)
        {
            double middle = (low + high) / 2;
            if (Statistic(canary, baseline, middle) > quantile)
                low = middle;
            else
                high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>The standardised rank sum of the canary's points, each lowered by a shift; 0 where all points are the same.</summary>
    internal static double Statistic(double[] canary, double[] baseline, double shift)
    {
        (int n, int m) = (canary.Length, baseline.Length);
        Span<double> values = stackalloc double[n + m];
        Span<bool> isCanary = stackalloc bool[n + m];
        for (int i = 0; i < n; i++)
            (values[i], isCanary[i]) = (canary[i] - shift, true);
        baseline.CopyTo(values[n..]);
        values.Sort(isCanary);

        double rankSum = 0;
        double ties = 0;
        for (int first = 0, next; first < values.Length; first = next)
        {
            int canarys = 0;
            for (next = first; next < values.Length && values[next].Equals(values[first]); next++)
                canarys += isCanary[next] ? 1 : 0;
            double tied = next - first;
            rankSum += canarys * (first + ((tied + 1) / 2));
            ties += (tied * tied * tied) - tied;
        }

        double total = n + m;
        double deviation = Math.Sqrt(n * m / 12.0 * (total + 1 - (ties / (total * (total - 1)))));
        double difference = rankSum - (n * (n + 1) / 2.0) - (n * m / 2.0);
        return deviation > 0 ? (difference - (Math.Sign(difference) * 0.5)) / deviation : 0;
    }

    private static void AddPoint(Queue<double> points, in Counts minute)
    {
        if (minute.Requests == 0)
            return;
        if (points.Count == PointsMax)
            points.Dequeue();
        points.Enqueue(minute.Failures / (double)minute.Requests);
    }
}
