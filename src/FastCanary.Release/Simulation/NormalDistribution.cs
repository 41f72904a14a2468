namespace FastCanary.Release;

/// <summary>The standard normal distribution.</summary>
internal static class NormalDistribution
{
    /// <summary>The probability of a number above <paramref name="x"/>, to 1.2e-7 relative (Numerical Recipes, erfcc: a Chebyshev fit).</summary>
    public static double Above(double x)
    {
        double z = Math.Abs(x) / Math.Sqrt(2);
        double t = 1 / (1 + (0.5 * z));
        double series = -1.26551223 + (t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418 + (t * (-0.18628806 + (t * (0.27886807
            + (t * (-1.13520398 + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277)))))))))))))))));
        double tail = 0.5 * t * Math.Exp(-(z * z) + series);
        return x >= 0 ? tail : 1 - tail;
    }

    /// <summary>The number below which a fraction of them lies, by bisection.</summary>
    public static double Quantile(double fraction)
    {
        (double low, double high) = (-10, 10);
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (1 - Above(middle) < fraction)
                low = middle;
            else
                high = middle;
        }

        return (low + high) / 2;
    }
}
