using FastCanary.Benchmarks.Reports;

namespace FastCanary.Benchmarks.Tests.Reports;

public sealed class ComparisonTests
{
    [Fact]
    public void Benchmarks_are_compared_with_themselves_in_whatever_order_and_told_apart_by_their_parameters()
    {
        BenchmarkFigures one = Sample.Figures("A.B", 1, 1, parameters: "N=1"), c = Sample.Figures("A.C", 5, 5);
        ResultSet before = Sample.Result(Sample.Figures("A.B", 10, 10, parameters: "N=2"), one, c);
        ResultSet now = Sample.Result(c, one, Sample.Figures("A.B", 20, 20, parameters: "N=2"));
        Comparison comparison = Sample.Compare(now, before);
        Assert.Equal(["A.C", "A.B(N=1)", "A.B(N=2)"], comparison.Changes.Select(change => change.Now.Key));
        Assert.Equal([0, 0, 1.0], comparison.Changes.Select(change => change.Fraction!.Value));
        Assert.Equal("A.B(N=2)", Assert.Single(comparison.Of(TimeChange.Slower)).Now.Key);
    }

    [Fact]
    public void New_and_vanished_benchmarks_are_named_and_one_that_a_filter_left_out_has_not_vanished()
    {
        ResultSet before = Sample.Result(Sample.Figures("A.Kept", 1, 1), Sample.Figures("A.Filtered", 1, 1), Sample.Figures("A.Gone", 1, 1));
        ResultSet now = Sample.Result(Sample.Figures("A.Kept", 1, 1), Sample.Figures("A.New", 1, 1));
        var comparison = new Comparison(now, before, new HashSet<string>(StringComparer.Ordinal) { "A.Kept", "A.Filtered", "A.New" });
        Assert.Equal("A.New", Assert.Single(comparison.Of(TimeChange.New)).Now.Key);
        Assert.Equal(["A.Gone"], comparison.Vanished);
    }

    [Fact]
    public void Without_a_last_result_everything_is_new_and_nothing_has_vanished()
    {
        Comparison comparison = Sample.Compare(Sample.Result(Sample.Figures("A.B", 1, 1)), before: null);
        Assert.Single(comparison.Of(TimeChange.New));
        Assert.Empty(comparison.Vanished);
        Assert.Empty(comparison.Differences);
        Assert.Null(comparison.MedianFraction);
    }

    [Fact]
    public void The_circumstances_that_make_times_differ_are_named_and_those_of_one_run_are_not()
    {
        ResultSet before = Sample.Result(Sample.Figures("A.B", 1, 1));
        ResultSet now = before with
        {
            Circumstances = before.Circumstances with
            {
                Date = "2027-01-01 00:00",
                Commit = "ba9876543210 with changes",
                OthersCores = "1.5",
                Cpu = "Another CPU",
                Runtime = ".NET 11",
            },
        };
        Assert.Equal([("runtime", ".NET 10.0.1 x64", ".NET 11"), ("cpu", "One CPU", "Another CPU")], Sample.Compare(now, before).Differences);
    }

    [Theory]
    [InlineData("0.2, 1.1, 1.9", "0.0, 0.0, 0.0", true)]
    [InlineData("0.0, 0.0, 0.0", "1.5, 0.9, 1.1", true)]
    [InlineData("0.0, 1.0, 1.9", "1.9, 0.1, 0.1", false)]
    [InlineData("unknown, unknown", "unknown, unknown", false)]
    public void The_machine_was_busy_where_others_used_more_than_half_of_the_cores_in_either_s_median_round(string before, string now, bool isBusy)
    {
        ResultSet result = Sample.Result(Sample.Figures("A.B", 1, 1));
        Comparison comparison = Sample.Compare(With(now), With(before));
        Assert.Equal(isBusy, comparison.IsBusy);
        Assert.Equal(isBusy, comparison.Changes[0].IsBusy);

        ResultSet With(string others) => result with { Circumstances = result.Circumstances with { OthersCores = others } };
    }

    [Theory]
    [InlineData(0.1, 100.0, 110.0, 200.0)]
    [InlineData(0.05, 100.0, 110.0)]
    public void The_median_of_all_changes_is_that_of_the_benchmarks_in_both(double expected, params double[] now)
    {
        BenchmarkFigures[] before = [.. now.Select((_, i) => Sample.Figures($"A.B{i}", 100, 100))];
        BenchmarkFigures[] after = [.. now.Select((ns, i) => Sample.Figures($"A.B{i}", ns, ns)), Sample.Figures("A.New", 1, 1)];
        Assert.Equal(expected, Sample.Compare(Sample.Result(after), Sample.Result(before)).MedianFraction!.Value, 1e-9);
    }
}
