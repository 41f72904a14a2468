using System.Globalization;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Reports;
using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Tests.Reports;

public sealed class CsvReportTests
{
    [Fact]
    public void Every_figure_of_a_step_comes_back()
    {
        StepResult step = Sample.Step("one", 2, 5);
        List<string[]> rows = Read(Sample.Scenario("split", step));
        double Whole(string metric) => Number(Value(rows, "split", "one", "", metric));
        Assert.Equal((300, 30, 30), (Whole("requests"), Whole("failed"), Whole("failed/reset")));
        Assert.Equal((225, 75), (Whole("answers/stable"), Whole("answers/canary")));
        Assert.Equal((2, 5, 100), (Whole("from_second"), Whole("to_second"), Whole("rate_per_second")));
        Assert.Equal((4096, 321), (Whole("bytes"), Whole("lag_p99_us")));
        foreach ((string name, double share) in ((string, double)[])[("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("p99.99", 0.9999)])
            Assert.Equal(step.Latency.Quantile(share), Whole($"latency_{name}_us"));
        Assert.Equal((2000, 9000), (Whole("latency_min_us"), Whole("latency_max_us")));
        Assert.Equal(step.Latency.Mean, Whole("latency_mean_us"));
    }

    [Fact]
    public void The_seconds_are_all_there_and_add_up_to_the_whole()
    {
        StepResult step = Sample.Step("one", 0, 40_000, second => new SecondSample(second, second % 7, second % 3, 1000 + second, 2000 + second, 3000 + second, [second % 5, 1]));
        List<string[]> rows = Read(Sample.Scenario("soak", step));
        foreach (SecondSample second in step.Seconds.Where(second => second.Second % 9999 == 0))
        {
            string at = second.Second.ToString(CultureInfo.InvariantCulture);
            Assert.Equal(second.Succeeded, Number(Value(rows, "soak", "one", at, "succeeded")));
            if (second.Succeeded > 0) Assert.Equal(second.Max, Number(Value(rows, "soak", "one", at, "latency_max_us")));
            else Assert.DoesNotContain(rows, row => row[2] == at && row[3].StartsWith("latency", StringComparison.Ordinal));
        }

        double Sum(string metric) => rows.Where(row => row[2].Length > 0 && row[3] == metric).Sum(row => Number(row[4]));
        Assert.Equal((step.Seconds.Sum(second => second.Succeeded), step.Failed, step.ByVersion[0]), (Sum("succeeded"), Sum("failed"), Sum("answers/stable")));
    }

    [Fact]
    public void The_run_is_described()
    {
        List<string[]> rows = Read(Sample.Scenario("split", Sample.Step("one", 0, 1)));
        string Run(string metric) => Value(rows, "", "", "", metric);
        Assert.Equal(["scenario", "step", "second", "metric", "value"], rows[0]);
        Assert.Equal("2031-02-03T03:05:06Z", Run("began"));
        Assert.Equal("dotnet run --project loadtests -- all --self", Run("command"));
        Assert.Equal(("fastcanary", "fastcanary 9.8.7", "3145728"), (Run("subject"), Run("subject_version"), Run("subject_bytes")));
        Assert.Equal(("0123abcd, with changes", "A processor", "4"), (Run("commit"), Run("cpu"), Run("cores")));
        Assert.Equal("listeners:\n  - address: \"127.0.0.1:8080\"\n", Run("configuration"));
    }

    [Fact]
    public void Thresholds_figures_and_what_was_intended_are_rows()
    {
        ScenarioResult scenario = Sample.Scenario("ramp", Sample.Step("one", 0, 4)) with
        {
            Outcome = Outcome.Failed,
            Thresholds = [new Threshold("p99, of \"all\"", "12.5 ms", "at most 10 ms", Holds: false)],
            Intended = [new IntendedShare("one", "canary", [new SharePoint(1.25, 0.1)])],
        };
        List<string[]> rows = Read(scenario);
        Assert.Equal("failed", Value(rows, "ramp", "", "", "outcome"));
        Assert.Equal(("12.5 ms", "at most 10 ms", "false"), (Value(rows, "ramp", "", "", "threshold/p99, of \"all\"/value"), Value(rows, "ramp", "", "", "threshold/p99, of \"all\"/limit"), Value(rows, "ramp", "", "", "threshold/p99, of \"all\"/holds")));
        Assert.Equal("12.5 MiB", Value(rows, "ramp", "", "", "figure/resident memory"));
        Assert.Equal("0.1", Value(rows, "ramp", "one", "1.25", "intended/canary"));
    }

    [Fact]
    public void A_comma_a_quote_and_an_end_of_line_are_part_of_a_field()
    {
        ScenarioResult scenario = Sample.BrokenOff("a,\"b\"") with { Problem = "said: \"no,\r\nnever\"" };
        Assert.Equal("said: \"no,\r\nnever\"", Value(Read(scenario), "a,\"b\"", "", "", "problem"));
    }

    [Fact]
    public void A_scenario_played_twice_is_told_apart()
    {
        List<string[]> rows = CsvReader.Read(CsvReport.From(Sample.Report(Sample.Scenario("split", Sample.Step("one", 0, 1)), Sample.Scenario("split", Sample.Step("one", 0, 2)))));
        Assert.Equal(("100", "200"), (Value(rows, "split", "one", "", "requests"), Value(rows, "split (2)", "one", "", "requests")));
    }

    [Fact]
    public void The_culture_of_the_system_changes_nothing()
    {
        ScenarioResult scenario = Sample.Scenario("split", Sample.Step("one", 0, 3)) with { Seconds = 1234.5 };
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator, culture.NumberFormat.NegativeSign) = (",", ".", "~");
            CultureInfo.CurrentCulture = culture;
            List<string[]> rows = Read(scenario);
            Assert.Equal("1234.5", Value(rows, "split", "", "", "duration_seconds"));
            Assert.Contains("| 1,235 s |", MarkdownReport.From(Sample.Report(scenario)), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static List<string[]> Read(ScenarioResult scenario)
    {
        List<string[]> rows = CsvReader.Read(CsvReport.From(Sample.Report(scenario)));
        Assert.All(rows, row => Assert.Equal(5, row.Length));
        return rows;
    }

    private static string Value(List<string[]> rows, string scenario, string step, string second, string metric) =>
        Assert.Single(rows, row => row[0] == scenario && row[1] == step && row[2] == second && row[3] == metric)[4];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
