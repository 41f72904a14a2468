using FastCanary.LoadTests.Reports.Plots;

namespace FastCanary.LoadTests.Tests.Reports.Plots;

public sealed class PlotAxisTests
{
    [Theory]
    [InlineData(0, "0|0.2|0.4|0.6|0.8|1")]
    [InlineData(3, "0|1|2|3")]
    [InlineData(2034, "0|500|1,000|1,500|2,000|2,500")]
    [InlineData(51_000, "0|20,000|40,000|60,000")]
    [InlineData(0.7, "0|0.2|0.4|0.6|0.8")]
    public void A_linear_axis_has_round_ticks_and_reaches_the_highest(double highest, string labels)
    {
        PlotAxis axis = PlotAxis.Linear("", highest);
        Assert.Equal(labels, Labels(axis));
        Assert.True(axis.Ticks[^1].Value >= highest);
        Assert.Equal((0, 1), (axis.At(0), axis.At(axis.Ticks[^1].Value)));
        Assert.Equal(0.5, axis.At(axis.Ticks[^1].Value / 2), 1e-9);
    }

    [Theory]
    [InlineData(120, 480, "100 µs|200 µs|500 µs")]
    [InlineData(1000, 1000, "1 ms|2 ms|5 ms")]
    [InlineData(90, 40_000, "100 µs|1 ms|10 ms")]
    [InlineData(0, 5_000_000, "1 µs|10 µs|100 µs|1 ms|10 ms|100 ms|1 s")]
    [InlineData(1, uint.MaxValue, "1 µs|10 µs|100 µs|1 ms|10 ms|100 ms|1 s|10 s|100 s|1,000 s")]
    public void A_duration_axis_has_ticks_in_the_unit_that_fits_and_holds_all_values(double lowest, double highest, string labels)
    {
        PlotAxis axis = PlotAxis.Duration("", lowest, highest);
        Assert.Equal(labels, Labels(axis));
        double Middle(int tick) => axis.At(Math.Sqrt(axis.Ticks[tick].Value * axis.Ticks[tick + 1].Value));
        Assert.Equal((axis.At(axis.Ticks[0].Value) + axis.At(axis.Ticks[1].Value)) / 2, Middle(0), 1e-9);
        // No value is cut off.
        Assert.True(axis.At(Math.Max(1, lowest) * 1.0001) > 0);
        Assert.True(axis.At(highest * 0.9999) < 1);
    }

    [Theory]
    [InlineData(0, 14, "0 s|5 s|10 s")]
    [InlineData(7, 9, "7 s|8 s|9 s")]
    [InlineData(0, 300, "0 min|1 min|2 min|3 min|4 min|5 min")]
    [InlineData(0, 10_800, "0 min|30 min|60 min|90 min|120 min|150 min|180 min")]
    [InlineData(0, 18_000, "0 h|1 h|2 h|3 h|4 h|5 h")]
    [InlineData(0, 28_800, "0 h|2 h|4 h|6 h|8 h")]
    [InlineData(0, 864_000, "0 h|48 h|96 h|144 h|192 h|240 h")]
    [InlineData(0, 30_000_000, "0 h|2,400 h|4,800 h|7,200 h")]
    public void A_time_axis_has_ticks_of_the_clock(double from, double to, string labels)
    {
        PlotAxis axis = PlotAxis.Time("", from, to);
        Assert.Equal(labels, Labels(axis));
        Assert.Equal((0, 1), (axis.At(from), axis.At(to)));
    }

    [Fact]
    public void A_percentile_axis_gives_each_nine_the_same_room()
    {
        PlotAxis axis = PlotAxis.Percentile("", 4);
        Assert.Equal("0|50|90|99|99.9|99.99", Labels(axis));
        Assert.Equal(0, axis.At(0));
        Assert.Equal(0.25, axis.At(0.9), 1e-9);
        Assert.Equal(0.75, axis.At(0.999), 1e-9);
        Assert.Equal(1, axis.At(0.99999), 1e-9);
    }

    private static string Labels(PlotAxis axis) => string.Join('|', axis.Ticks.Select(tick => tick.Label));
}
