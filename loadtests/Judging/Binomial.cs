namespace FastCanary.LoadTests.Judging;

/// <summary>How many of n independent draws hit.</summary>
internal static class Binomial
{
    /// <summary>The counts within so many standard deviations of n·p, and within a whole one; 0 and n for a share of 0 and 1.</summary>
    public static (int Least, int Most) Bounds(int n, double p, double deviations)
    {
        if (p is 0 or 1) return ((int)(n * p), (int)(n * p));
        double width = Math.Max(1, deviations * Math.Sqrt(n * p * (1 - p)));
        return (Math.Max(0, (int)Math.Ceiling((n * p) - width)), Math.Min(n, (int)Math.Floor((n * p) + width)));
    }
}
