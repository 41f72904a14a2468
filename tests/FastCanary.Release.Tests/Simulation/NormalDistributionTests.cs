namespace FastCanary.Release.Tests.Simulation;

public sealed class NormalDistributionTests
{
    // Abramowitz and Stegun, Handbook of Mathematical Functions, table 26.1.
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.158655253931457)]
    [InlineData(-1, 0.841344746068543)]
    [InlineData(2, 0.022750131948179)]
    [InlineData(3, 0.001349898031630)]
    [InlineData(5, 2.866515719e-7)]
    public void The_tail_is_known(double x, double above) => Assert.Equal(above, NormalDistribution.Above(x), above * 2e-7);

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.9, 1.2815515655)]
    [InlineData(0.99, 2.3263478740)]
    [InlineData(0.999, 3.0902323062)]
    [InlineData(0.01, -2.3263478740)]
    public void The_quantiles_are_known(double fraction, double quantile) => Assert.Equal(quantile, NormalDistribution.Quantile(fraction), 1e-5);
}
