namespace FastCanary.Release.Tests.Simulation;

/// <summary>Moments of drawn numbers against the exact ones, within 5 standard errors; the seeds are fixed, so that nothing depends on luck.</summary>
public sealed class SimulatedRandomTests
{
    private const int Draws = 200_000;

    [Fact]
    public void The_same_seed_and_stream_give_the_same_numbers_and_others_others()
    {
        ulong[] Numbers(ulong seed, ulong stream)
        {
            var random = new SimulatedRandom(seed, stream);
            return [.. Enumerable.Range(0, 10).Select(_ => random.NextBits())];
        }

        Assert.Equal(Numbers(1, 2), Numbers(1, 2));
        Assert.Empty(Numbers(1, 2).Intersect(Numbers(1, 3)));
        Assert.Empty(Numbers(1, 2).Intersect(Numbers(2, 2)));
    }

    [Fact]
    public void Fractions_are_uniform() => Check(random => random.NextDouble(), 0.5, 1 / 12.0, fourth: 1 / 80.0);

    [Fact]
    public void Normal_numbers_are_normal() => Check(random => random.NextNormal(), 0, 1, fourth: 3);

    [Theory]
    [InlineData(0)]
    [InlineData(0.01)]
    [InlineData(3)]
    [InlineData(29.9)]
    [InlineData(30)]
    [InlineData(1000)]
    public void Poisson_numbers_have_their_moments(double mean) => Check(random => random.NextPoisson(mean), mean, mean, (3 * mean * mean) + mean, rounding: mean >= 30 ? 1 / 12.0 : 0);

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(10, 0.01)]
    [InlineData(1000, 0.015)]     // by inversion
    [InlineData(1000, 0.017)]     // by rejection
    [InlineData(1000, 0.3)]
    [InlineData(1000, 0.7)]
    [InlineData(40, 0.5)]
    [InlineData(1_000_000, 0.001)]
    public void Binomial_numbers_have_their_moments(long trials, double probability)
    {
        double variance = trials * probability * (1 - probability);
        Check(random => random.NextBinomial(trials, probability), trials * probability, variance, (3 * variance * variance) + (variance * (1 - (6 * probability * (1 - probability)))));
    }

    [Theory]
    [InlineData(0, 0.5, 0)]
    [InlineData(-1, 0.5, 0)]
    [InlineData(10, 0, 0)]
    [InlineData(10, -1, 0)]
    [InlineData(10, 1, 10)]
    [InlineData(10, 2, 10)]
    public void What_is_certain_is_not_drawn(long trials, double probability, long expected) => Assert.Equal(expected, new SimulatedRandom(1, 1).NextBinomial(trials, probability));

    [Theory]
    [InlineData(50, 0.4)]
    [InlineData(20, 0.1)]
    public void Each_binomial_number_comes_as_often_as_it_should(int trials, double probability)
    {
        var random = new SimulatedRandom(11, 12);
        var counts = new int[trials + 1];
        for (int i = 0; i < Draws; i++)
            counts[random.NextBinomial(trials, probability)]++;
        double term = Math.Pow(1 - probability, trials);
        for (int k = 0; k <= trials; k++)
        {
            double expected = term * Draws;
            Assert.True(Math.Abs(counts[k] - expected) <= 5 * Math.Sqrt(expected) + 2, $"{k}: {counts[k]} instead of {expected}");
            term *= (trials - k) / (k + 1.0) * probability / (1 - probability);
        }
    }

    private static void Check(Func<SimulatedRandom, double> draw, double mean, double variance, double fourth, double rounding = 0)
    {
        var random = new SimulatedRandom(42, 1);
        (double sum, double squares) = (0, 0);
        for (int i = 0; i < Draws; i++)
        {
            double value = draw(random);
            sum += value;
            squares += (value - mean) * (value - mean);
        }

        Assert.Equal(mean, sum / Draws, (5 * Math.Sqrt(variance / Draws)) + 1e-12);
        Assert.Equal(variance + rounding, squares / Draws, (5 * Math.Sqrt(Math.Max(0, fourth - (variance * variance)) / Draws)) + 1e-12);
    }
}
