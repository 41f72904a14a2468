namespace FastCanary.Release.Tests.Evidence;

/// <summary>The label test as its documentation writes it, computed plainly from the counts.</summary>
internal static class LabelFormula
{
    public static readonly double[] Worse = [.. Enumerable.Range(0, 24).Select(k => Math.Exp(Math.Log(1.25) + (k / 23.0 * (Math.Log(1000) - Math.Log(1.25)))))];

    public static readonly double[] TwiceAsBad = [1, 0.75, 0.5, 0.25];

    /// <summary>Weights that add up to 1: of the ratios of <see cref="Worse"/> each one over its root, of <see cref="TwiceAsBad"/> all the same.</summary>
    public static double Weight(double[] ratios, double ratio) =>
        ratios == Worse ? 1 / Math.Sqrt(ratio) / Worse.Sum(other => 1 / Math.Sqrt(other)) : 1.0 / ratios.Length;

    /// <summary>The probability that an event falls on the canary.</summary>
    public static double Theta(double ratio, double share) => ratio * share / ((ratio * share) + 1 - share);

    public static double LogE(double nullRatio, double[] ratios, IEnumerable<ShareEvents> events)
    {
        double[] logs = [.. ratios.Select(ratio => events.Sum(of => LogRatio(ratio, nullRatio, of)) + Math.Log(Weight(ratios, ratio)))];
        double largest = logs.Max();
        return largest + Math.Log(logs.Sum(log => Math.Exp(log - largest)));
    }

    private static double LogRatio(double ratio, double nullRatio, ShareEvents events)
    {
        double share = events.CanaryBasisPoints / 10_000.0;
        double alternative = Theta(ratio, share);
        double ifNull = Theta(nullRatio, share);
        return (events.Canary * Math.Log(alternative / ifNull)) + (events.Baseline * Math.Log((1 - alternative) / (1 - ifNull)));
    }
}
