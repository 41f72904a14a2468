using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Reports;
using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Tests.Reports;

public sealed class MarkdownReportTests
{
    [Fact]
    public void The_summary_has_a_row_for_each_scenario()
    {
        ScenarioResult failed = Sample.Scenario("ramp", Sample.Step("one", 0, 10)) with
        {
            Outcome = Outcome.Failed,
            Thresholds = [new Threshold("holds", "1", "1", Holds: true), new Threshold("is broken", "2", "1", Holds: false)],
        };
        string text = MarkdownReport.From(Sample.Report(Sample.Scenario("split", Sample.Step("one", 0, 10), Sample.Step("two", 10, 20)), failed, Sample.Skipped("idle")));
        Assert.Contains("1 passed, 1 failed, 1 skipped.", text, StringComparison.Ordinal);
        Assert.Equal(["split", "passed", "20.0 s", "2,000", "200", "100", "2.00", "9.00", "1 ok"], Row(text, "split"));
        Assert.Equal(["ramp", "**FAILED**", "10.0 s", "1,000", "100", "100", "2.00", "9.00", "1 of 2 FAILED: is broken"], Row(text, "ramp"));
        Assert.Equal(["idle", "skipped", "", "", "", "", "", "", ""], Row(text, "idle"));
    }

    [Fact]
    public void A_step_has_its_load_its_failures_by_kind_its_quantiles_and_its_versions()
    {
        StepResult step = Sample.Step("9:1", 0, 10) with { Failures = new Dictionary<string, long> { ["status 502"] = 1, ["reset"] = 99 } };
        string text = MarkdownReport.From(Sample.Report(Sample.Scenario("split", step)));
        Assert.Equal(["9:1", "inject 100/s for 10 s", "1,000", "100 (99 reset, 1 status 502)", "100", "2.00", "2.00", "9.00", "9.00", "9.00", "stable 750, canary 250", "0.321"], Row(text, "9:1"));
        Assert.Equal(["requests that failed", "ok", "0 of 9", "none"], Row(text, "requests that failed"));
        Assert.Equal(["resident memory", "12.5 MiB"], Row(text, "resident memory"));
    }

    [Fact]
    public void The_run_is_described()
    {
        string text = MarkdownReport.From(Sample.Report());
        Assert.Contains("nothing was played.", text, StringComparison.Ordinal);
        foreach (string line in (string[])["- Began: 2031-02-03 03:05:06 UTC", "- Command: `dotnet run --project loadtests -- all --self`", "- Version: fastcanary 9.8.7", "- Binary: 3.0 MiB", "- Commit: 0123abcd, with changes", "- Processor: A processor, 4 cores", "- Memory: 8,192.0 MiB", "  - address: \"127.0.0.1:8080\""])
            Assert.Contains('\n' + line + '\n', text, StringComparison.Ordinal);
        Assert.Contains("\nThe target's own.\n", MarkdownReport.From(Sample.Report() with { Configuration = null }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_skipped_scenario_says_why_and_one_that_broke_off_what_happened()
    {
        string text = MarkdownReport.From(Sample.Report(Sample.Skipped("idle"), Sample.BrokenOff("tcp")));
        Assert.Contains("## idle: skipped\n\nwhat it shows\n\n**Skipped: needs the admin API (--admin URL)**\n", text, StringComparison.Ordinal);
        Assert.Contains("## tcp: failed\n\nwhat it shows\n\n```text\nFastCanary does not start:\nline one\nline two\n```\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_shown_as_it_is()
    {
        Assert.Equal(@"a\|b \*c\* \_d\_ \`e\` &lt;b&gt; &amp;lt; \[f\] \\ \~ 1.5", MarkdownReport.Escape("a|b *c* _d_ `e` <b> &lt; [f] \\ ~ 1.5"));
        Assert.Equal("one two", MarkdownReport.Escape("one\ntwo\n"));
        ScenarioResult scenario = Sample.Scenario("split", Sample.Step("a|b", 0, 1)) with { Problem = "see:\n````\n# no title" };
        string text = MarkdownReport.From(Sample.Report(scenario));
        Assert.Contains("\n| a\\|b | inject", text, StringComparison.Ordinal);
        Assert.Contains("`````text\nsee:\n````\n# no title\n`````\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_load_of_many_stretches_is_told_in_few_words()
    {
        Assert.Equal("30 times inject 5/s for 1 s, pause for 2 s", ReportText.Simulations([.. Enumerable.Repeat("inject 5/s for 1 s", 30), "pause for 2 s"]));
        Assert.Equal("a0, a1, a2, a3, a4, a5, and 94 more stretches", ReportText.Simulations([.. Enumerable.Range(0, 100).Select(i => $"a{i}")]));
    }

    [Theory]
    [InlineData(0, "0.000")]
    [InlineData(7, "0.007")]
    [InlineData(999.6, "1.00")]
    [InlineData(1234, "1.23")]
    [InlineData(9996, "10.0")]
    [InlineData(99_960, "100")]
    [InlineData(4_294_967_295, "4,294,967")]
    public void Latency_has_three_digits(double micros, string text) => Assert.Equal(text, ReportText.Millis(micros));

    [Fact]
    public void Steps_without_a_request_or_without_a_success_have_no_latency()
    {
        StepResult allFail = Sample.Step("all fail", 0, 2, second => new SecondSample(second, 0, 5, 0, 0, 0, [0, 0]));
        string text = MarkdownReport.From(Sample.Report(Sample.Scenario("failover", Sample.Nothing("nothing"), allFail)));
        Assert.Equal(["nothing", "", "0", "0", "", "", "", "", "", "", "stable 0", ""], Row(text, "nothing"));
        Assert.Equal(["all fail", "inject 100/s for 2 s", "10", "10 (10 reset)", "5", "", "", "", "", "", "stable 0, canary 0", "0.321"], Row(text, "all fail"));
    }

    private static string[] Row(string text, string name) =>
        [.. Assert.Single(text.Split('\n'), line => line.StartsWith($"| {name} |", StringComparison.Ordinal)).Trim('|').Split('|').Select(cell => cell.Trim())];
}
