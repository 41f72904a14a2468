using FastCanary.LoadTests.Judging;

namespace FastCanary.LoadTests.Tests.Judging;

public sealed class BinomialTests
{
    [Theory]
    [InlineData(5000, 0, 0, 0)]
    [InlineData(5000, 1, 5000, 5000)]
    // 1,250 and a deviation of 30.62.
    [InlineData(5000, 0.25, 1097, 1403)]
    // 50 and a deviation of 7.04.
    [InlineData(5000, 0.01, 15, 85)]
    // 0.01 and a deviation of 0.1: within a whole one.
    [InlineData(100, 0.0001, 0, 1)]
    public void Bounds_are_five_deviations_wide(int n, double p, int least, int most) => Assert.Equal((least, most), Binomial.Bounds(n, p, 5));
}
