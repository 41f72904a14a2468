namespace FastCanary.Release;

/// <summary>
/// What the sequential label test tells apart: that the canary's rate of events is at most (or at least) a null ratio times the baseline's, against a mixture of other ratios.
/// With the canary's share ρ and a ratio r, an event falls on the canary with probability θ_r(ρ) = rρ / (rρ + 1 − ρ).
/// Source: Lindon and Malek, Anytime-Valid Inference for Multinomial Count Data, arXiv 2011.03567.
/// </summary>
public sealed class LabelHypotheses
{
    private readonly double[] _ratios;
    private readonly double[] _logWeights;
    private readonly double _nullRatio;

    private LabelHypotheses(double nullRatio, double[] ratios, double weightPower)
    {
        _nullRatio = nullRatio;
        _ratios = ratios;
        double[] logs = Array.ConvertAll(ratios, ratio => weightPower * Math.Log(ratio));
        double logSum = Logarithms.SumOfExponentials(logs);
        _logWeights = Array.ConvertAll(logs, log => log - logSum);
    }

    /// <summary>
    /// That the canary is no worse, against 24 log-spaced ratios from 1.25 to 1000, weighted by one over their root: evidence is scarce where a canary is a little worse, and one that is much worse
    /// shows all the same, an event later at most (docs/decisions/0019-weights-of-ratios.md).
    /// </summary>
    public static LabelHypotheses Worse { get; } = new(1, LogSpaced(1.25, 1000, 24), weightPower: -0.5);

    /// <summary>That the canary is at least twice as bad, against ratios that are as good as the baseline or better, of equal weight.</summary>
    public static LabelHypotheses TwiceAsBad { get; } = new(2, [1, 0.75, 0.5, 0.25], weightPower: 0);

    /// <summary>How many alternatives are mixed.</summary>
    public int Count => _ratios.Length;

    /// <summary>The natural logarithms of the alternatives' weights, which add up to 1.</summary>
    internal ReadOnlySpan<double> LogWeights => _logWeights;

    /// <summary>What one event adds to each alternative's log-likelihood ratio.</summary>
    /// <param name="canaryBasisPoints">The canary's share, strictly between 0 and <see cref="Share.All"/>.</param>
    /// <param name="onCanary">Gets ln(θ_k / θ_0), for an event of the canary's.</param>
    /// <param name="onBaseline">Gets ln((1 − θ_k) / (1 − θ_0)), for an event of the baseline's.</param>
    internal void Weigh(int canaryBasisPoints, Span<double> onCanary, Span<double> onBaseline)
    {
        double share = Share.Of(canaryBasisPoints);
        for (int k = 0; k < _ratios.Length; k++)
        {
            // θ_r = rρ / D_r and 1 − θ_r = (1 − ρ) / D_r, with D_r = rρ + 1 − ρ.
            double denominators = Math.Log(((_nullRatio * share) + 1 - share) / ((_ratios[k] * share) + 1 - share));
            onCanary[k] = Math.Log(_ratios[k] / _nullRatio) + denominators;
            onBaseline[k] = denominators;
        }
    }

    private static double[] LogSpaced(double first, double last, int count)
    {
        var values = new double[count];
        for (int i = 0; i < count; i++)
            values[i] = first * Math.Pow(last / first, i / (double)(count - 1));
        return values;
    }
}
