namespace FastCanary.Traffic.Tests.Evidence;

public sealed class LatencyScaleTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(-5, 0)]
    [InlineData(1, 1)]
    [InlineData(127, 127)]
    [InlineData(128, 128)]
    [InlineData(129, 128)]
    [InlineData(130, 129)]
    [InlineData(255, 191)]
    [InlineData(256, 192)]
    [InlineData(100_000_000, LatencyScale.Count - 1)]
    [InlineData(100_000_001, LatencyScale.Count - 1)]
    [InlineData(long.MaxValue, LatencyScale.Count - 1)]
    public void A_duration_has_its_bucket(long micros, int index) => Assert.Equal(index, LatencyScale.IndexOf(micros));

    [Fact]
    public void Every_bucket_begins_where_the_one_before_it_ends()
    {
        for (int i = 0; i < LatencyScale.Count; i++)
        {
            Assert.Equal(i, LatencyScale.IndexOf(LatencyScale.LowerBound(i)));
            if (i < LatencyScale.Count - 1) Assert.Equal(i, LatencyScale.IndexOf(LatencyScale.LowerBound(i + 1) - 1));
            Assert.Equal(i, LatencyScale.IndexOf(LatencyScale.Value(i)));
        }

        Assert.True(LatencyScale.LowerBound(LatencyScale.Count) > LatencyScale.MicrosMax);
    }

    [Fact]
    public void A_buckets_value_is_at_most_eight_in_a_thousand_away()
    {
        for (long micros = 100; micros <= LatencyScale.MicrosMax; micros += 1 + (micros / 500))
        {
            double error = Math.Abs(LatencyScale.Value(LatencyScale.IndexOf(micros)) - micros) / (double)micros;
            Assert.True(error <= 0.008, $"{micros} µs is told as {LatencyScale.Value(LatencyScale.IndexOf(micros))} µs");
        }
    }
}
