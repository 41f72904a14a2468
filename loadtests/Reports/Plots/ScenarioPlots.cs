using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Reports.Plots;

/// <summary>What a scenario's plots show: latency by percentile; over time the requests, their latency, and the shares of versions beside those that were meant.</summary>
internal static class ScenarioPlots
{
    /// <summary>More lines in one plot, or more lanes, are not told apart.</summary>
    public const int LinesMax = 2 * Plot.Colours;

    private const int LanesMax = 6;
    private const int PointsPerNine = 12;
    private const int NinesMax = 5;

    // A rate of so small a part of a second says nothing.
    private const double CoveredMin = 0.25;

    private const string TimeTitle = "time of the scenario";
    private const string LatencyTitle = "latency";

    /// <summary>Its plots; none of a scenario without a request.</summary>
    public static IReadOnlyList<Plot> Of(ScenarioResult scenario)
    {
        Lane[] lanes = [.. Lane.Of(scenario.Steps)];
        if (lanes.Length == 0) return [];
        List<Plot?> plots = [ByPercentile(scenario)];
        (double from, double to) = (Math.Floor(lanes.Min(lane => lane.From)), lanes.Max(lane => lane.To));
        foreach (Lane lane in lanes.Take(LanesMax))
        {
            string suffix = lanes.Length == 1 ? "" : $": {string.Join(", ", lane.Steps.Select(step => step.Name))}";
            PlotMark[] marks = [.. lane.Steps.Select(step => new PlotMark(step.Name, step.From, step.To))];
            PlotAxis time = PlotAxis.Time(TimeTitle, from, to);
            plots.Add(Requests(lane, time, marks, suffix));
            plots.Add(LatencyOverTime(lane, time, marks, suffix));
            plots.Add(Shares(scenario, lane, time, marks, suffix));
        }

        return [.. plots.OfType<Plot>()];
    }

    private static Plot? ByPercentile(ScenarioResult scenario)
    {
        (StepResult Step, string Name)[] steps = [.. scenario.Steps.Zip(ReportText.Distinct(scenario.Steps.Select(step => step.Name))).Where(pair => pair.First.Latency.Count > 0)];
        if (steps.Length == 0) return null;
        int nines = Math.Clamp((int)Math.Ceiling(Math.Log10(steps.Max(pair => pair.Step.Latency.Count))), 2, NinesMax);
        PlotSeries[] series = [.. steps.Take(LinesMax).Select((pair, i) => new PlotSeries(pair.Name, i, [Quantiles(pair.Step.Latency, nines)]))];
        string more = steps.Length > LinesMax ? $" (the first {LinesMax} of {steps.Length} steps)" : "";
        string told = string.Join("; ", steps.Take(LinesMax).Select(pair =>
            $"{pair.Name}: p50 {ReportText.Millis(pair.Step.Latency.Quantile(0.5))} ms, p99 {ReportText.Millis(pair.Step.Latency.Quantile(0.99))} ms, longest {ReportText.Millis(pair.Step.Latency.Max)} ms"));
        return new Plot("Latency by percentile" + more, $"{told}.", PlotAxis.Percentile("percent of requests that took no longer", nines), DurationAxis(series), series);
    }

    // Up to the share that so many requests resolve: there lies the longest one.
    private static List<PlotPoint> Quantiles(LatencyHistogram latency, int nines)
    {
        List<PlotPoint> points = [];
        double end = Math.Min(nines, Math.Log10(latency.Count));
        for (int i = 0; i < end * PointsPerNine; i++) points.Add(At(i / (double)PointsPerNine));
        points.Add(At(end));
        return points;

        PlotPoint At(double place)
        {
            double share = 1 - Math.Pow(10, -place);
            return new PlotPoint(share, latency.Quantile(share));
        }
    }

    private static Plot Requests(Lane lane, PlotAxis time, IReadOnlyList<PlotMark> marks, string suffix)
    {
        IReadOnlyList<LaneSecond> seconds = lane.Seconds();
        var succeeded = new PlotSeries("succeeded", 0, Runs(seconds, second => second.Covered >= CoveredMin ? second.Succeeded / Math.Min(1, second.Covered) : null));
        long failures = seconds.Sum(second => second.Failed);
        var failed = new PlotSeries(failures == 0 ? "failed (none)" : "failed", 1, Runs(seconds, second => second.Failed));
        string told = $"Succeeded: {Range(succeeded, ReportText.Rate)} a second. Failed: {(failures == 0 ? "none" : $"{ReportText.Count(failures)}, at most {ReportText.Count(seconds.Max(second => second.Failed))} in a second")}.";
        PlotSeries[] series = [succeeded, failed];
        return new Plot("Requests per second" + suffix, told, time, PlotAxis.Linear("requests/s", series.SelectMany(line => line.Points).Max(point => point.Y)), series) { Marks = marks };
    }

    private static Plot? LatencyOverTime(Lane lane, PlotAxis time, IReadOnlyList<PlotMark> marks, string suffix)
    {
        PlotSeries Line(string name, int colour, Func<SecondSample, long> micros) =>
            new(name, colour, [.. lane.Steps.SelectMany(step => Runs(step, second => second.Succeeded > 0 ? micros(second) : null))]);
        PlotSeries[] series = [Line("p50", 0, second => second.P50), Line("p99", 3, second => second.P99)];
        if (!series[0].Points.Any()) return null;
        string told = string.Join(" ", series.Select(line => $"{line.Name} of each second: {Range(line, ReportText.Millis)} ms."));
        return new Plot("Latency over time" + suffix, told, time, DurationAxis(series), series) { Marks = marks };
    }

    private static Plot? Shares(ScenarioResult scenario, Lane lane, PlotAxis time, IReadOnlyList<PlotMark> marks, string suffix)
    {
        IReadOnlyList<string> versions = lane.Versions;
        PlotSeries[] measured = [.. versions.Select((version, i) => new PlotSeries(version, i, Measured(lane, version)))];
        PlotSeries[] intended = [.. versions.Select((version, i) => new PlotSeries($"{version}, intended", i, Intended(scenario, lane, version)) { IsIntended = true, IsStepped = true }).Where(line => line.Runs.Count > 0)];
        // A single version has all answers, and that is no news.
        if (!measured.Any(line => line.Points.Any()) || (versions.Count < 2 && intended.Length == 0)) return null;
        string told = string.Join(" ", measured.Where(line => line.Points.Any()).Select(line => $"{line.Name}: {Range(line, share => ReportText.Share(share))}."));
        return new Plot("Share of each version" + suffix, $"Of the answers of each second. {told}", time, PlotAxis.Share("share of answers"), [.. measured, .. intended]) { Marks = marks };
    }

    // Step by step: a second that two of them share has the answers of both, each under its own weights.
    private static List<IReadOnlyList<PlotPoint>> Measured(Lane lane, string version)
    {
        List<IReadOnlyList<PlotPoint>> runs = [];
        foreach (StepResult step in lane.Steps)
        {
            if (Array.IndexOf([.. step.Versions], version) is >= 0 and int number) runs.AddRange(Runs(step, second => second.ByVersion.Sum() is > 0 and long answers ? second.ByVersion[number] / (double)answers : null));
        }

        return runs;
    }

    private static List<IReadOnlyList<PlotPoint>> Intended(ScenarioResult scenario, Lane lane, string version)
    {
        List<IReadOnlyList<PlotPoint>> runs = [];
        foreach (StepResult step in lane.Steps)
        {
            List<PlotPoint> run = [];
            foreach (SharePoint point in scenario.Intended.Where(line => line.Step == step.Name && line.Version == version).SelectMany(line => line.Points))
            {
                if (point.Second > step.To) break;
                // What was meant before the load began holds at its begin; of several the last.
                if (point.Second <= step.From) run.Clear();
                run.Add(new PlotPoint(Math.Max(point.Second, step.From), point.Share));
            }

            if (run.Count == 0) continue;
            run.Add(new PlotPoint(step.To, run[^1].Y));
            runs.Add(run);
        }

        return runs;
    }

    private static List<IReadOnlyList<PlotPoint>> Runs(IReadOnlyList<LaneSecond> seconds, Func<LaneSecond, double?> value) =>
        Runs(seconds.Select(second => (second.Second, second.Second + 0.5, value(second))));

    private static List<IReadOnlyList<PlotPoint>> Runs(StepResult step, Func<SecondSample, double?> value) =>
        Runs(step.LoadedSeconds.Select(second => (second.Second, (Math.Max(step.From, second.Second) + Math.Min(step.To, second.Second + 1)) / 2, value(second))));

    // A second's value is drawn in the middle of it, or of the part that had a load. Where a second has none, the line is broken.
    private static List<IReadOnlyList<PlotPoint>> Runs(IEnumerable<(int Second, double X, double? Y)> seconds)
    {
        List<IReadOnlyList<PlotPoint>> runs = [];
        List<PlotPoint> run = [];
        int before = int.MinValue;
        foreach ((int second, double x, double? y) in seconds)
        {
            if (y is not { } found) continue;
            if (second != before + 1) runs.Add(run = []);
            before = second;
            run.Add(new PlotPoint(x, found));
        }

        return runs;
    }

    private static PlotAxis DurationAxis(IEnumerable<PlotSeries> series)
    {
        double[] values = [.. series.SelectMany(line => line.Points).Select(point => point.Y)];
        return PlotAxis.Duration(LatencyTitle, values.Min(), values.Max());
    }

    private static string Range(PlotSeries line, Func<double, string> text)
    {
        if (!line.Points.Any()) return "none";
        (string low, string high) = (text(line.Points.Min(point => point.Y)), text(line.Points.Max(point => point.Y)));
        return low == high ? low : $"{low} to {high}";
    }
}
