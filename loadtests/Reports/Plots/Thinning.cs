namespace FastCanary.LoadTests.Reports.Plots;

/// <summary>Fewer points for a plot that cannot show more: of each stretch the median, within a band from the lowest to the highest, so that no outlier goes.</summary>
internal static class Thinning
{
    /// <summary>Stretches of equal length.</summary>
    public const int Stretches = 300;

    /// <summary>More points than these are thinned.</summary>
    public const int PointsMax = 2 * Stretches;

    /// <summary>The series as it is, if it has few points; else a point for each stretch. A gap stays where it is longer than a stretch.</summary>
    public static ThinnedLine Apply(PlotSeries series)
    {
        PlotPoint[] points = [.. series.Points];
        if (points.Length <= PointsMax) return new ThinnedLine(series.Runs, []);
        double from = points[0].X;
        double length = (points[^1].X - from) / Stretches;
        List<List<PlotPoint>> line = [];
        List<List<(double X, double Low, double High)>> band = [];
        int before = int.MinValue;
        foreach (IGrouping<int, PlotPoint> stretch in points.GroupBy(point => Math.Min(Stretches - 1, (int)((point.X - from) / length))))
        {
            if (before != stretch.Key - 1)
            {
                line.Add([]);
                band.Add([]);
            }

            before = stretch.Key;
            double middle = from + ((stretch.Key + 0.5) * length);
            double[] values = [.. stretch.Select(point => point.Y).Order()];
            line[^1].Add(new PlotPoint(middle, values[values.Length / 2]));
            band[^1].Add((middle, values[0], values[^1]));
        }

        return new ThinnedLine(line, band);
    }
}
