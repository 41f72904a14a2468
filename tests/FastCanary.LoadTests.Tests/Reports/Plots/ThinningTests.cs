using FastCanary.LoadTests.Reports.Plots;

namespace FastCanary.LoadTests.Tests.Reports.Plots;

public sealed class ThinningTests
{
    [Fact]
    public void Few_points_stay_as_they_are()
    {
        List<IReadOnlyList<PlotPoint>> runs = [[new(0, 1), new(1, 2)], [new(3, 4)]];
        Assert.Same(runs, Thinning.Apply(runs));
    }

    [Fact]
    public void The_extremes_of_every_stretch_stay_in_their_order()
    {
        var random = new Random(11);
        PlotPoint[] points = [.. Enumerable.Range(0, 30_000).Select(i => new PlotPoint(i, random.NextDouble()))];
        PlotPoint[] thinned = [.. Assert.Single(Thinning.Apply([points]))];
        Assert.Equal(2 * Thinning.Stretches, thinned.Length);
        Assert.All(thinned.Zip(thinned.Skip(1)), pair => Assert.True(pair.First.X < pair.Second.X));
        Assert.All(thinned, point => Assert.Equal(points[(int)point.X], point));
        for (int i = 0; i < Thinning.Stretches; i++)
        {
            IEnumerable<PlotPoint> stretch = points.Where(point => (int)(point.X * Thinning.Stretches / 29_999) == i);
            Assert.Contains(stretch.MaxBy(point => point.Y), thinned);
            Assert.Contains(stretch.MinBy(point => point.Y), thinned);
        }
    }

    [Fact]
    public void A_long_gap_stays_and_thousands_of_short_ones_do_not_add_points()
    {
        // Every other second is missing, and the middle third.
        List<IReadOnlyList<PlotPoint>> runs = [.. Enumerable.Range(0, 30_000).Where(i => i % 2 == 0 && i is < 10_000 or > 20_000).Select(i => (IReadOnlyList<PlotPoint>)[new PlotPoint(i, i % 10)])];
        IReadOnlyList<IReadOnlyList<PlotPoint>> thinned = Thinning.Apply(runs);
        Assert.Equal(2, thinned.Count);
        Assert.InRange(thinned.Sum(run => run.Count), 300, 2 * Thinning.Stretches);
        Assert.True(thinned[0][^1].X < 10_000 && thinned[1][0].X > 20_000);
    }
}
