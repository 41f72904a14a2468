using FastCanary.LoadTests.Judging;

namespace FastCanary.LoadTests.Tests.Judging;

public sealed class ExactSharesTests
{
    [Theory]
    [InlineData(new long[] { 900, 100 }, new[] { 9, 1 }, true)]
    [InlineData(new long[] { 901, 99 }, new[] { 9, 1 }, false)]
    [InlineData(new long[] { 899, 101 }, new[] { 9, 1 }, false)]
    // 1,005 requests: 904.5 and 100.5.
    [InlineData(new long[] { 904, 101 }, new[] { 9, 1 }, true)]
    [InlineData(new long[] { 905, 100 }, new[] { 9, 1 }, true)]
    [InlineData(new long[] { 906, 99 }, new[] { 9, 1 }, false)]
    // The first's share is a whole number: 1 and two halves.
    [InlineData(new long[] { 1, 1, 0 }, new[] { 2, 1, 1 }, true)]
    [InlineData(new long[] { 2, 0, 0 }, new[] { 2, 1, 1 }, false)]
    [InlineData(new long[] { 0, 0, 7 }, new[] { 0, 0, 1 }, true)]
    [InlineData(new long[] { 1, 0, 6 }, new[] { 0, 0, 1 }, false)]
    public void Counts_are_floor_or_ceiling_of_the_share(long[] counts, int[] weights, bool holds) => Assert.Equal(holds, ExactShares.Hold(counts, counts.Sum(), weights));

    [Fact]
    public void An_answer_that_is_missing_is_seen()
    {
        Assert.False(ExactShares.Hold([900, 99], 1000, [9, 1]));
        // Both are within their bounds, and one of 1,005 is nobody's.
        Assert.False(ExactShares.Hold([904, 100], 1005, [9, 1]));
    }
}
