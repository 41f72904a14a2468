namespace FastCanary.Decisions;

/// <summary>Where a probability lies, by how often it came about: Wilson's score interval at 95 % (Wilson, Probable inference, the law of succession, and statistical inference, 1927).</summary>
internal readonly record struct Interval(double Low, double High)
{
    public static Interval Of(int hits, int runs)
    {
        const double Z2 = Normal.Quantile975 * Normal.Quantile975;
        double rate = hits / (double)runs;
        double middle = rate + (Z2 / (2 * runs));
        double half = Normal.Quantile975 * Math.Sqrt((rate * (1 - rate) / runs) + (Z2 / (4.0 * runs * runs)));
        double scale = 1 + (Z2 / runs);
        return new Interval(hits == 0 ? 0 : (middle - half) / scale, hits == runs ? 1 : (middle + half) / scale);
    }
}
