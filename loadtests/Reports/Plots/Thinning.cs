namespace FastCanary.LoadTests.Reports.Plots;

/// <summary>Fewer points for a plot that cannot show more: of each stretch the lowest and the highest stay, so that no outlier goes.</summary>
internal static class Thinning
{
    /// <summary>Stretches of equal length, each with at most two points.</summary>
    public const int Stretches = 300;

    /// <summary>The runs as they are, if they have few points; else the extremes of each stretch. A gap stays where it is longer than a stretch.</summary>
    /// <param name="runs">In the order of x.</param>
    public static IReadOnlyList<IReadOnlyList<PlotPoint>> Apply(IReadOnlyList<IReadOnlyList<PlotPoint>> runs)
    {
        PlotPoint[] points = [.. runs.SelectMany(run => run)];
        if (points.Length <= 2 * Stretches) return runs;
        double from = points[0].X;
        double length = (points[^1].X - from) / Stretches;
        List<List<PlotPoint>> thinned = [];
        int before = int.MinValue;
        foreach (IGrouping<int, PlotPoint> stretch in points.GroupBy(point => Math.Min(Stretches - 1, (int)((point.X - from) / length))))
        {
            if (before != stretch.Key - 1) thinned.Add([]);
            before = stretch.Key;
            PlotPoint lowest = stretch.MinBy(point => point.Y);
            PlotPoint highest = stretch.MaxBy(point => point.Y);
            if (lowest == highest) thinned[^1].Add(lowest);
            else thinned[^1].AddRange(lowest.X < highest.X ? [lowest, highest] : [highest, lowest]);
        }

        return thinned;
    }
}
