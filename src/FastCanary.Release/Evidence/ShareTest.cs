namespace FastCanary.Release;

/// <summary>
/// Whether requests fall on the canary as its share says: a uniform mixture of all shares against the intended one, two-sided (the sample ratio test of Lindon and Malek, arXiv 2011.03567).
/// ln E = ln B(x + 1, n − x + 1) − x ln ρ − (n − x) ln(1 − ρ), for n requests, x of them the canary's.
/// </summary>
public static class ShareTest
{
    /// <summary>The natural logarithm of the E-value; 0 at a share of nothing or of everything.</summary>
    public static double LogE(int canaryBasisPoints, long canary, long baseline)
    {
        if (canaryBasisPoints is <= 0 or >= Share.All)
            return 0;
        double share = Share.Of(canaryBasisPoints);
        double logBeta = Logarithms.Factorial(canary) + Logarithms.Factorial(baseline) - Logarithms.Factorial(canary + baseline + 1);
        return logBeta - (canary * Math.Log(share)) - (baseline * Math.Log(1 - share));
    }
}
