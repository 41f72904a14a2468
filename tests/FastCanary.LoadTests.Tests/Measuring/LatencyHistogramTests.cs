using FastCanary.LoadTests.Measuring;

namespace FastCanary.LoadTests.Tests.Measuring;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(2049)]
    [InlineData(999_999)]
    [InlineData(12_345_678)]
    [InlineData(3_600_000_000)]
    [InlineData(uint.MaxValue)]
    public void A_value_comes_back_within_a_tenth_of_a_percent(long micros)
    {
        var histogram = new LatencyHistogram();
        // Neighbours far away, so that neither end clamps it.
        histogram.Record(0);
        histogram.Record(micros);
        histogram.Record(LatencyHistogram.MicrosMax);
        Assert.InRange(histogram.Quantile(0.5), Math.Floor(micros * 0.999), Math.Ceiling(micros * 1.001));
    }

    [Fact]
    public void Quantiles_are_those_of_the_sorted_values()
    {
        var random = new Random(7);
        var histogram = new LatencyHistogram();
        long[] values = [.. Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 18))];
        foreach (long value in values) histogram.Record(value);
        Array.Sort(values);
        foreach (double share in (double[])[0.001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1])
        {
            long exact = values[(int)Math.Ceiling(share * values.Length) - 1];
            Assert.InRange(histogram.Quantile(share), Math.Floor(exact * 0.999), Math.Ceiling(exact * 1.001));
        }

        Assert.Equal((values.Length, values[0], values[^1]), (histogram.Count, histogram.Min, histogram.Max));
        Assert.Equal(values.Average(), histogram.Mean, 1e-6 * values.Average());
    }

    [Fact]
    public void Two_added_are_one_that_recorded_both()
    {
        (LatencyHistogram one, LatencyHistogram two, LatencyHistogram both) = (new(), new(), new());
        for (int i = 1; i < 5000; i++)
        {
            (i % 3 == 0 ? one : two).Record(i * 17L);
            both.Record(i * 17L);
        }

        one.Add(two);
        Assert.Equal((both.Count, both.Min, both.Max, both.Quantile(0.9)), (one.Count, one.Min, one.Max, one.Quantile(0.9)));
    }

    [Fact]
    public void What_is_longer_than_a_limit_is_counted()
    {
        var histogram = new LatencyHistogram();
        for (int i = 0; i < 100; i++) histogram.Record(i * 10_000);
        Assert.Equal(49, histogram.CountAbove(500_000));
        Assert.Equal(0, histogram.CountAbove(long.MaxValue));
    }

    [Fact]
    public void An_empty_one_is_all_zeros()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(5);
        histogram.Clear();
        Assert.Equal((0, 0, 0, 0), (histogram.Count, histogram.Max, histogram.Min, histogram.Quantile(0.99)));
    }
}
