using FastCanary.Release;

namespace FastCanary.Decisions.Streams;

/// <summary>Draws Poisson numbers of one mean, by inversion: the cumulative probabilities, and for each of equal parts of [0, 1) the first number that may be meant.</summary>
internal sealed class PoissonTable
{
    private const int Parts = 256;

    private readonly double[] _cumulative;
    private readonly int[] _firsts = new int[Parts];

    /// <param name="mean">Below 700: its exponential must not underflow.</param>
    public PoissonTable(double mean)
    {
        var cumulative = new List<double>();
        double probability = Math.Exp(-mean);
        double sum = 0;
        // What is left beyond is less than the last digit of 1.
        for (int n = 0; n <= mean || probability > 1e-20; probability *= mean / ++n)
            cumulative.Add(sum += probability);
        cumulative[^1] = 1;
        _cumulative = [.. cumulative];
        for (int part = 0; part < Parts; part++)
            _firsts[part] = Array.FindIndex(_cumulative, value => value > part / (double)Parts);
    }

    public long Next(SimulatedRandom random)
    {
        double at = random.NextDouble();
        int n = _firsts[(int)(at * Parts)];
        while (_cumulative[n] <= at)
            n++;
        return n;
    }
}
