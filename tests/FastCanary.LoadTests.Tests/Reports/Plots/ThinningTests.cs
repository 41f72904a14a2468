using FastCanary.LoadTests.Reports.Plots;

namespace FastCanary.LoadTests.Tests.Reports.Plots;

public sealed class ThinningTests
{
    [Fact]
    public void Few_points_stay_as_they_are()
    {
        List<IReadOnlyList<PlotPoint>> runs = [[new(0, 1), new(1, 2)], [new(3, 4)]];
        ThinnedLine thinned = Thinning.Apply(new PlotSeries("one", 0, runs));
        Assert.Same(runs, thinned.Line);
        Assert.Empty(thinned.Band);
    }

    [Fact]
    public void Every_stretch_keeps_its_median_and_its_extremes()
    {
        const int Length = 90;
        var random = new Random(11);
        double[] values = [.. Enumerable.Range(0, Thinning.Stretches * Length).Select(_ => random.NextDouble())];
        ThinnedLine thinned = Thinning.Apply(new PlotSeries("one", 0, [[.. values.Select((value, i) => new PlotPoint(i + 0.5, value))]]));
        PlotPoint[] line = [.. Assert.Single(thinned.Line)];
        (double X, double Low, double High)[] band = [.. Assert.Single(thinned.Band)];
        Assert.Equal((Thinning.Stretches, Thinning.Stretches), (line.Length, band.Length));
        Assert.Equal((values.Min(), values.Max()), (band.Min(point => point.Low), band.Max(point => point.High)));
        for (int i = 0; i < Thinning.Stretches; i++)
        {
            double[] stretch = [.. values.Skip(i * Length).Take(Length).Order()];
            // A point at an edge may be the neighbour's by a rounding.
            Assert.InRange(line[i].Y, stretch[(Length / 2) - 2], stretch[(Length / 2) + 2]);
            Assert.Equal((i + 0.5) * Length, line[i].X, 1.0);
            Assert.Equal(line[i].X, band[i].X);
        }
    }

    [Fact]
    public void A_long_gap_stays_and_thousands_of_short_ones_do_not_add_points()
    {
        // Every other second is missing, and the middle third.
        List<IReadOnlyList<PlotPoint>> runs = [.. Enumerable.Range(0, 30_000).Where(i => i % 2 == 0 && i is < 10_000 or > 20_000).Select(i => (IReadOnlyList<PlotPoint>)[new PlotPoint(i, i % 10)])];
        ThinnedLine thinned = Thinning.Apply(new PlotSeries("one", 0, runs));
        Assert.Equal([2, 2], [thinned.Line.Count, thinned.Band.Count]);
        Assert.InRange(thinned.Line.Sum(run => run.Count), 190, Thinning.Stretches);
        Assert.True(thinned.Line[0][^1].X < 10_000 && thinned.Line[1][0].X > 20_000);
    }
}
