namespace FastCanary.Release;

/// <summary>Sums of numbers whose logarithms are at hand, and of factorials.</summary>
internal static class Logarithms
{
    /// <summary>ln Σ exp(value); minus infinity where all are.</summary>
    public static double SumOfExponentials(ReadOnlySpan<double> values)
    {
        double largest = double.NegativeInfinity;
        foreach (double value in values)
            largest = Math.Max(largest, value);
        if (double.IsInfinity(largest))
            return largest;
        double sum = 0;
        foreach (double value in values)
            sum += Math.Exp(value - largest);
        return largest + Math.Log(sum);
    }

    /// <summary>ln n!. Exact to about 1e-11 relative: a sum up to 16, from there Stirling's series (NIST DLMF 5.11.1).</summary>
    public static double Factorial(long n)
    {
        if (n <= 16)
        {
            double sum = 0;
            for (long i = 2; i <= n; i++)
                sum += Math.Log(i);
            return sum;
        }

        double x = n;
        double inverse = 1 / x;
        double square = inverse * inverse;
        return (x * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI * x)) + (inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square / 1260)))));
    }

    /// <summary>For people: a natural logarithm as a decimal one.</summary>
    public static double ToLog10(double natural) => natural / Math.Log(10);
}
