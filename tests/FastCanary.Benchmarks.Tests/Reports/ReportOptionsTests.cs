using FastCanary.Benchmarks.Reports;

namespace FastCanary.Benchmarks.Tests.Reports;

public sealed class ReportOptionsTests
{
    [Fact]
    public void Without_arguments_all_benchmarks_are_measured_in_several_rounds_and_nothing_is_written()
    {
        Assert.True(ReportOptions.TryParse([], out ReportOptions? options, out _));
        Assert.Equal(new ReportOptions(Write: false, IsQuick: false, Filter: null), options);
        Assert.True(options.Rounds > 2);
        Assert.Null(options.Round.Filter);
    }

    [Fact]
    public void A_quick_run_is_one_round_and_a_filter_goes_to_it()
    {
        Assert.True(ReportOptions.TryParse(["--filter", "*Split*", "--quick"], out ReportOptions? options, out _));
        Assert.Equal(1, options.Rounds);
        Assert.Equal("*Split*", options.Round.Filter);
    }

    [Theory]
    [InlineData("'--wirte' is no option", "--wirte")]
    [InlineData("'extra' is no option", "--write", "extra")]
    [InlineData("--filter needs a GLOB", "--filter")]
    [InlineData("--filter needs a GLOB", "--filter", "--quick")]
    [InlineData("--filter needs a GLOB", "--filter", "")]
    [InlineData("--write does not go with --quick", "--quick", "--write")]
    [InlineData("--write does not go with --filter", "--write", "--filter", "*")]
    public void Wrong_arguments_are_named(string expected, params string[] args)
    {
        Assert.False(ReportOptions.TryParse(args, out _, out string error));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--wirte")]
    [InlineData("--filter", "NoSuchBenchmark")]
    public void Wrong_arguments_and_a_filter_that_matches_nothing_exit_with_2_and_measure_nothing(params string[] args) => Assert.Equal(2, ReportCommand.Run(args));
}
