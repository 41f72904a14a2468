namespace FastCanary.Release;

/// <summary>
/// A sequential test of one version's rate of failures against a bound: the E-value is a mixture of likelihood ratios of rates on the far side of the bound against the bound itself, which among the null's rates is the one that fits best.
/// It may be looked at as often as one likes. The counts are all that it rests on.
/// </summary>
public sealed class RateTest
{
    // Multiples of the bound; for a rate to be shown above it, those below 1 are left out.
    private static readonly double[] FarAbove = [1.25, 1.5, 2, 3, 5, 10, 20];
    private static readonly double[] FarBelow = [0.5, 0.25, 0.1, 0.02, 0];

    private readonly double[] _onFailure;
    private readonly double[] _onSuccess;

    private RateTest(double bound, double[] rates)
    {
        _onFailure = new double[rates.Length];
        _onSuccess = new double[rates.Length];
        for (int k = 0; k < rates.Length; k++)
        {
            // Above a bound of everything there is nothing: the bound itself is the only alternative then, which tells nothing.
            _onFailure[k] = Math.Log(rates[k] / bound);
            _onSuccess[k] = rates[k].Equals(bound) ? 0 : Math.Log((1 - rates[k]) / (1 - bound));
        }
    }

    /// <summary>Against the null that the rate is at most <paramref name="basisPoints"/>.</summary>
    public static RateTest Above(int basisPoints)
    {
        double bound = Share.Of(basisPoints);
        double[] below1 = Array.FindAll(Array.ConvertAll(FarAbove, multiple => multiple * bound), rate => rate < 0.99);
        return new RateTest(bound, [.. below1, Math.Max(0.99, (1 + bound) / 2)]);
    }

    /// <summary>Against the null that the rate is at least <paramref name="basisPoints"/>.</summary>
    public static RateTest Below(int basisPoints)
    {
        double bound = Share.Of(basisPoints);
        return new RateTest(bound, Array.ConvertAll(FarBelow, multiple => multiple * bound));
    }

    /// <summary>The natural logarithm of the E-value; infinite where what happened cannot be under the null, as a success where all must fail.</summary>
    public double LogE(long requests, long failures)
    {
        if (requests == 0)
            return 0;
        long successes = requests - failures;
        if (successes > 0 && double.IsPositiveInfinity(_onSuccess[0]))
            return double.PositiveInfinity;
        Span<double> sums = stackalloc double[_onFailure.Length];
        for (int k = 0; k < sums.Length; k++)
            sums[k] = (failures == 0 ? 0 : failures * _onFailure[k]) + (successes == 0 ? 0 : successes * _onSuccess[k]);
        return Logarithms.SumOfExponentials(sums) - Math.Log(sums.Length);
    }
}
