using FastCanary.Benchmarks.Reports;

namespace FastCanary.Benchmarks.Tests.Reports;

public sealed class ReportPageTests
{
    private static readonly Dictionary<string, Budget> Budgets = new(StringComparer.Ordinal)
    {
        ["A.Same"] = new Budget(0, 50),
        ["A.Slower"] = new Budget(0, 150),
        ["B.Allocates"] = new Budget(0, 5000),
    };

    private static readonly ResultSet Before = Sample.Result(
        Sample.Figures("A.Same", 40, 41),
        Sample.Figures("A.Slower", 100, 101),
        Sample.Figures("A.Faster", 9, 9.1),
        Sample.Figures("A.Gone", 1, 1),
        Sample.Figures("B.Allocates", 2000, 2001));

    private static readonly ResultSet Now = Sample.Result(
        Sample.Figures("A.Same", 41, 42),
        Sample.Figures("A.Slower", 200, 210),
        Sample.Figures("A.Faster", 4.5, 4.75),
        Sample.Figures("A.New", 7, 8, parameters: "Kind=x|y"),
        Sample.Figures("B.Allocates", 2000, 2001, allocatedBytes: 1024));

    private static readonly ReportOptions Whole = new(Write: true, IsQuick: false, Filter: null);

    [Fact]
    public void Each_class_has_a_table_with_times_budgets_and_the_change_of_each_benchmark()
    {
        string[] lines = Page(Now, Before);
        int a = Array.IndexOf(lines, "### A"), b = Array.IndexOf(lines, "### B");
        Assert.Equal(
        [
            "| benchmark | fastest ns | median ns | slowest ns | error ns | budget ns | allocated bytes | budget | last fastest ns | change |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
            "| Same | 41.0 | 42.0 | 43.0 | ±1.00 | 50.0 | 0 | 0 | 40.0 | ≈ +2.5 % |",
            "| Slower | 200 | **210** | 220 | ±1.00 | 150 | 0 | 0 | 100 | **slower +100.0 %** |",
            "| Faster | 4.50 | 4.75 | 5.00 | ±1.00 | none | 0 | none | 9.00 | **faster −50.0 %** |",
            "| New(Kind=x\\|y) | 7.00 | 8.00 | 9.00 | ±1.00 | none | 0 | none |  | new |",
            "",
        ], lines[(a + 2)..b]);
        Assert.Equal("| Allocates | 2,000 | 2,001 | 2,002 | ±1.00 | 5,000 | **1,024** | 0 | 2,000 | ≈ 0.0 %; **allocates 1,024 bytes instead of 0** |", lines[b + 4]);
    }

    [Fact]
    public void What_changed_is_named_above_the_tables_with_the_last_result_s_commit()
    {
        string[] lines = Page(Now, Before with { Circumstances = Before.Circumstances with { Commit = "ba9876543210", Date = "2026-11-01 09:00" } });
        int heading = Array.IndexOf(lines, "## What changed");
        Assert.Equal(
        [
            "Beside the result of 2026-11-01 09:00, measured at commit ba9876543210:",
            "",
            "- slower: `A.Slower`",
            "- faster: `A.Faster`",
            "- other allocation: `B.Allocates`",
            "- no change above the noise: 2 of 5",
            "- new: `A.New(Kind=x|y)`",
            "- vanished: `A.Gone`",
            "- the median of all changes: +1.3 %. Where most benchmarks move alike, it is the machine",
        ], lines[(heading + 2)..(heading + 11)]);
        Assert.DoesNotContain(lines, static line => line.Contains("circumstances differ", StringComparison.Ordinal));
    }

    [Fact]
    public void Other_circumstances_are_told_above_the_tables()
    {
        string[] lines = Page(Now, Before with { Circumstances = Before.Circumstances with { Cpu = "Another CPU" } });
        string line = Assert.Single(lines, static line => line.Contains("circumstances differ", StringComparison.Ordinal));
        Assert.EndsWith("cpu was Another CPU, is One CPU.", line, StringComparison.Ordinal);
        Assert.True(Array.IndexOf(lines, line) < Array.IndexOf(lines, "### A"));
    }

    [Theory]
    [InlineData("1.5", "0.0", "this result")]
    [InlineData("0.0", "1.5", "the last result")]
    [InlineData("1.5", "1.5", "both results")]
    public void A_busy_machine_is_told_above_the_tables(string othersNow, string othersBefore, string expected)
    {
        ResultSet now = Now with { Circumstances = Now.Circumstances with { OthersCores = othersNow } };
        string[] lines = Page(now, Before with { Circumstances = Before.Circumstances with { OthersCores = othersBefore } });
        string line = Assert.Single(lines, static line => line.Contains("was busy", StringComparison.Ordinal));
        Assert.Contains($"during {expected}:", line, StringComparison.Ordinal);
        Assert.Equal(othersNow == "1.5", lines.Any(static line => line.EndsWith("these are times of a busy machine.**", StringComparison.Ordinal)));
        Assert.DoesNotContain(Page(Now, Before), static line => line.Contains("was busy", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_last_result_the_page_says_so_and_has_no_change()
    {
        string[] lines = Page(Now, before: null);
        Assert.Contains(lines, static line => line.StartsWith("There is no last result to compare with", StringComparison.Ordinal));
        Assert.Contains("| Same | 41.0 | 42.0 | 43.0 | ±1.00 | 50.0 | 0 | 0 |  |  |", lines);
        Assert.DoesNotContain(lines, static line => line.Contains("vanished", StringComparison.Ordinal) || line.EndsWith("| new |", StringComparison.Ordinal));
    }

    [Fact]
    public void The_circumstances_are_all_there()
    {
        string[] lines = Page(Now, Before);
        Assert.Contains("- date (UTC): 2026-11-22 10:00", lines);
        foreach ((string name, string value) in Sample.Circumstances.Named.Skip(1)) Assert.Contains($"- {name}: {value}", lines);
    }

    [Theory]
    [InlineData(true, false, true, false)]
    [InlineData(false, true, false, true)]
    public void A_written_page_shows_the_plot_and_a_quick_one_says_that_it_is_no_measurement(bool write, bool isQuick, bool hasPlot, bool hasRemark)
    {
        string[] lines = Page(Now, Before, new ReportOptions(write, isQuick, Filter: null));
        Assert.Equal(hasPlot, lines.Any(static line => line.EndsWith("(../plots/benchmarks.svg)", StringComparison.Ordinal)));
        Assert.Equal(hasRemark, lines.Any(static line => line.StartsWith("**A quick run", StringComparison.Ordinal)));
    }

    private static string[] Page(ResultSet now, ResultSet? before, ReportOptions? options = null) =>
        new ReportPage(Sample.Compare(now, before), Budgets, options ?? Whole).ToString().Split('\n');
}
