using System.Xml.Linq;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Reports.Plots;
using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Tests.Reports.Plots;

public sealed class ScenarioPlotsTests
{
    // Of the picture: a tenth of a unit is what a figure in it is rounded to.
    private const double Rounding = 0.051;

    [Fact]
    public void Requests_of_a_second_lie_in_its_middle_at_their_height()
    {
        // The highest is 400: the axis ends there. Ten seconds are the width.
        Plot plot = PlotNamed("Requests per second", Sample.Scenario("ramp", Sample.Step("one", 0, 10, second => new SecondSample(second, second == 9 ? 400 : 100, second == 4 ? 50 : 0, 1000, 2000, 3000, [1, 1]))));
        (double X, double Y)[] succeeded = [.. Assert.Single(SvgLines.Of(plot, "succeeded"))];
        Assert.Equal(10, succeeded.Length);
        Equal((X(3.5 / 10), Y(100.0 / 400)), succeeded[3]);
        Equal((X(9.5 / 10), Y(1)), succeeded[9]);
        (double X, double Y)[] failed = [.. Assert.Single(SvgLines.Of(plot, "failed"))];
        Equal((X(4.5 / 10), Y(50.0 / 400)), failed[4]);
        Equal((X(5.5 / 10), Y(0)), failed[5]);
    }

    [Fact]
    public void A_part_of_a_second_counts_as_the_rate_that_it_had()
    {
        StepResult step = Sample.Step("one", 0, 4, second => new SecondSample(second, second == 0 ? 60 : 100, 0, 1000, 2000, 3000, [1, 1])) with { From = 0.4 };
        (double X, double Y)[] succeeded = [.. Assert.Single(SvgLines.Of(PlotNamed("Requests per second", Sample.Scenario("ramp", step)), "succeeded"))];
        Equal((X(0.5 / 4), Y(1)), succeeded[0]);
    }

    [Fact]
    public void Latency_over_time_lies_on_a_logarithmic_axis_and_has_a_gap_where_nothing_succeeded()
    {
        Plot plot = PlotNamed("Latency over time", Sample.Scenario("failover", Sample.Step("one", 0, 10, second => second is 5 or 6
            ? new SecondSample(second, 0, 7, 0, 0, 0, [0, 0])
            : new SecondSample(second, 100, 0, 1000, second == 8 ? 100_000 : 10_000, 200_000, [1, 1]))));
        List<List<(double X, double Y)>> p99 = SvgLines.Of(plot, "p99");
        Assert.Equal([5, 3], p99.Select(run => run.Count));
        // From 1 ms to 100 ms: two decades.
        Equal((X(2.5 / 10), Y(0.5)), p99[0][2]);
        Equal((X(8.5 / 10), Y(1)), p99[1][1]);
        Equal((X(7.5 / 10), Y(0)), SvgLines.Of(plot, "p50")[1][0]);
    }

    [Fact]
    public void Each_nine_of_the_percentiles_has_the_same_room()
    {
        // 1,000 requests: 900 take 1 ms, 90 take 10 ms, 10 take 100 ms.
        StepResult step = Sample.Step("one", 0, 1) with { Latency = new LatencyHistogram() };
        for (int i = 0; i < 1000; i++) step.Latency.Record(i < 900 ? 1000 : i < 990 ? 10_000 : 100_000);
        (double X, double Y)[] line = [.. Assert.Single(SvgLines.Of(PlotNamed("Latency by percentile", Sample.Scenario("split", step)), "one"))];
        double At(double place) => line.Last(point => point.X <= X(place) + Rounding).Y;
        Assert.Equal(Y(0), At(0.32), Rounding);
        Assert.Equal(Y(0.5), At(0.4), Rounding);
        Assert.Equal(Y(0.5), At(0.65), Rounding);
        Assert.Equal(Y(1), At(0.7), Rounding);
        // So many requests resolve three nines.
        Equal((X(1), Y(1)), line[^1]);
    }

    [Fact]
    public void Shares_lie_beside_what_was_intended()
    {
        ScenarioResult scenario = Sample.Scenario("bad-canary", Sample.Step("one", 0, 10)) with
        {
            // Before the load began, at 4 s, and after its end.
            Intended = [new IntendedShare("one", "canary", [new SharePoint(-2, 0.9), new SharePoint(-1, 0.25), new SharePoint(4, 0.5), new SharePoint(30, 1)]), new IntendedShare("other", "stable", [new SharePoint(0, 1)])],
        };
        Plot plot = PlotNamed("Share of each version", scenario);
        Assert.All(Assert.Single(SvgLines.Of(plot, "stable")), point => Assert.Equal(Y(0.75), point.Y, Rounding));
        Assert.All(Assert.Single(SvgLines.Of(plot, "canary")), point => Assert.Equal(Y(0.25), point.Y, Rounding));
        (double X, double Y)[] intended = [.. Assert.Single(SvgLines.Of(plot, "canary, intended"))];
        (double, double)[] expected = [(X(0), Y(0.25)), (X(0.4), Y(0.25)), (X(0.4), Y(0.5)), (X(1), Y(0.5)), (X(1), Y(0.5))];
        Assert.Equal(expected.Length, intended.Length);
        for (int i = 0; i < expected.Length; i++) Equal(expected[i], intended[i]);
        Assert.Throws<InvalidOperationException>(() => SvgLines.Of(plot, "stable, intended"));
    }

    [Fact]
    public void Steps_that_follow_each_other_share_the_axis_of_time()
    {
        ScenarioResult scenario = Sample.Scenario("split", Sample.Step("1:1", 0, 5), Sample.Step("3:1", 5, 10)) with { Intended = [new IntendedShare("1:1", "stable", [new SharePoint(0, 0.5)]), new IntendedShare("3:1", "stable", [new SharePoint(5, 0.75)])] };
        IReadOnlyList<Plot> plots = ScenarioPlots.Of(scenario);
        Assert.Equal(["Latency by percentile", "Requests per second", "Latency over time", "Share of each version"], plots.Select(Title));
        Assert.Equal(["1:1", "3:1"], plots[1].Marks.Select(mark => mark.Name));
        Assert.Equal(10, Assert.Single(SvgLines.Of(plots[1], "succeeded")).Count);
        Assert.Equal([(X(0.5), Y(0.5)), (X(1), Y(0.75))], SvgLines.Of(plots[3], "stable, intended").Select(run => run[^1]).Select(point => (Math.Round(point.X, 1), Math.Round(point.Y, 1))));
    }

    [Fact]
    public void A_second_that_two_steps_share_has_the_requests_of_both_and_the_shares_of_each()
    {
        StepResult first = Sample.Step("first", 0, 3, second => new SecondSample(second, second == 2 ? 40 : 100, 0, 1000, 2000, 3000, [10, 0])) with { To = 2.4 };
        StepResult second = Sample.Step("second", 2, 5, at => new SecondSample(at, at == 2 ? 60 : 100, 0, 1000, 2000, 3000, [0, 10])) with { From = 2.4 };
        ScenarioResult scenario = Sample.Scenario("split", first, second);
        Assert.All(Assert.Single(SvgLines.Of(PlotNamed("Requests per second", scenario), "succeeded")), point => Assert.Equal(Y(1), point.Y, Rounding));
        List<List<(double X, double Y)>> stable = SvgLines.Of(PlotNamed("Share of each version", scenario), "stable");
        Assert.Equal([3, 3], stable.Select(run => run.Count));
        Equal((X(2.2 / 5), Y(1)), stable[0][2]);
        Equal((X(2.7 / 5), Y(0)), stable[1][0]);
    }

    [Fact]
    public void Steps_at_the_same_time_have_plots_of_their_own()
    {
        IReadOnlyList<Plot> plots = ScenarioPlots.Of(Sample.Scenario("hot-reload", Sample.Step("steady", 0, 9), Sample.Step("new", 2, 4), Sample.Step("again", 4, 6)));
        Assert.Equal(
            ["Latency by percentile", "Requests per second: steady", "Latency over time: steady", "Share of each version: steady", "Requests per second: new, again", "Latency over time: new, again", "Share of each version: new, again"],
            plots.Select(Title));
        // All on the axis of the scenario.
        Equal((X(2.5 / 9), Y(90.0 / 100)), SvgLines.Of(plots[4], "succeeded")[0][0]);
    }

    [Fact]
    public void Nothing_is_plotted_of_nothing()
    {
        Assert.Empty(ScenarioPlots.Of(Sample.Skipped("idle")));
        Assert.Empty(ScenarioPlots.Of(Sample.Scenario("idle", Sample.Nothing("nothing"))));
        StepResult allFail = Sample.Step("all fail", 0, 2, second => new SecondSample(second, 0, 5, 0, 0, 0, [0, 0]));
        Assert.Equal(["Requests per second"], ScenarioPlots.Of(Sample.Scenario("failover", allFail)).Select(Title));
        StepResult single = Sample.Step("single", 0, 2) with { Versions = [] };
        Assert.DoesNotContain("Share of each version", ScenarioPlots.Of(Sample.Scenario("tcp", single)).Select(Title));
    }

    [Fact]
    public void A_single_second_is_a_dot()
    {
        Plot plot = PlotNamed("Requests per second", Sample.Scenario("short", Sample.Step("one", 3, 4)));
        Assert.EndsWith("h0", plot.ToSvg("plot").Elements().Single(element => element.Value == "succeeded").Attribute("d")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void An_outlier_of_one_second_is_seen_in_a_day()
    {
        const int Day = 86_400;
        Plot plot = PlotNamed("Requests per second", Sample.Scenario("soak", Sample.Step("soak", 0, Day, second => new SecondSample(second, second == 50_000 ? 0 : 100, second == 12_345 ? 80 : 0, 1000, 2000, 3000, [1, 1]))));
        Assert.Equal(Thinning.Stretches, Assert.Single(SvgLines.Of(plot, "succeeded")).Count);
        // The bands lie below the lines: the one that is drawn last is on top.
        List<(double X, double Y)>[] bands = [.. plot.ToSvg("plot").Elements().Where(element => ((string?)element.Attribute("class"))?.StartsWith("band", StringComparison.Ordinal) == true).Select(band => Assert.Single(SvgLines.Parse(band)))];
        const double Stretch = (Plot.Right - Plot.Left) / (double)Thinning.Stretches;
        (double X, double Y) peak = bands[0].MinBy(point => point.Y);
        Assert.Equal(X(12_345.5 / Day), peak.X, Stretch);
        Assert.Equal(Y(0.8), peak.Y, Rounding);
        (double X, double Y) hole = bands[1].MaxBy(point => point.Y);
        Assert.Equal(X(50_000.5 / Day), hole.X, Stretch);
        Assert.Equal(Y(0), hole.Y, Rounding);
    }

    private static Plot PlotNamed(string title, ScenarioResult scenario) => ScenarioPlots.Of(scenario).Single(plot => Title(plot) == title);

    private static string Title(Plot plot) => plot.ToSvg("plot").Elements().First().Value;

    private static double X(double share) => Plot.Left + (share * (Plot.Right - Plot.Left));

    private static double Y(double share) => Plot.Bottom - (share * (Plot.Bottom - Plot.Top));

    private static void Equal((double X, double Y) expected, (double X, double Y) actual)
    {
        Assert.Equal(expected.X, actual.X, Rounding);
        Assert.Equal(expected.Y, actual.Y, Rounding);
    }
}
