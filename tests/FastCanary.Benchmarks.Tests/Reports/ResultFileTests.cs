using FastCanary.Benchmarks.Reports;

namespace FastCanary.Benchmarks.Tests.Reports;

public sealed class ResultFileTests
{
    private static readonly ResultSet Result = Sample.Result(
        Sample.Figures("A.B", 1.2345, 6.5),
        Sample.Figures("A.C", 1000.25, 12345.5, allocatedBytes: 24, parameters: "Text=\"a,b\", N=1"));

    private static readonly string Text = ResultFile.Write(Result);

    [Fact]
    public void What_is_written_is_read_again_with_parameters_that_have_commas_and_quotes()
    {
        ResultSet read = ResultFile.Read(Text, "source");
        Assert.Equal(Result.Circumstances, read.Circumstances);
        Assert.Equal(Result.Figures, read.Figures);
    }

    [Fact]
    public void It_is_lines_of_circumstances_a_header_and_a_row_for_each_benchmark_whatever_the_culture()
    {
        string[] lines = Text.TrimEnd('\n').Split('\n');
        Assert.Equal("# date: 2026-11-22 10:00", lines[0]);
        Assert.Equal("benchmark,parameters,fastest_ns,median_ns,slowest_ns,mean_ns,error_ns,stddev_ns,rounds,iterations,operations,allocated_bytes", lines[^3]);
        Assert.Equal("A.B,,1.2345,6.5,11.7655,6.5,1,2,9,45,1000,0", lines[^2]);
        Assert.StartsWith("A.C,\"Text=\"\"a,b\"\", N=1\",1000.25,", lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1, "'# date: …' is missing above it")]
    [InlineData("# date\n", 1, "'# name: value' is expected")]
    [InlineData("# date: 2026-11-22 10:00\n", 2, "'# commit: …' is missing above it")]
    public void A_text_that_begins_otherwise_is_refused_with_its_line(string text, int line, string expected) => Refused(text, line, expected);

    [Theory]
    [InlineData("fastest_ns,", "", 10, "the header is expected: benchmark,")]
    [InlineData("A.B,,1.2345,", "A.B,,", 11, "12 values are expected, not 11")]
    [InlineData("A.B,,1.2345,", "A.B,,fast,", 11, "fastest_ns is 'fast', not a time in nanoseconds")]
    [InlineData("A.B,,1.2345,", "A.B,,-1,", 11, "fastest_ns is '-1', not a time in nanoseconds")]
    [InlineData("A.B,,1.2345,", "A.B,,NaN,", 11, "fastest_ns is 'NaN', not a time in nanoseconds")]
    [InlineData(",45,1000,0\n", ",45,1000,0.5\n", 11, "allocated_bytes is '0.5', not a count")]
    [InlineData("A.B,,", ",,", 11, "the benchmark has no name")]
    [InlineData("\"Text=\"\"a,b\"\", N=1\"", "\"Text=", 12, "a quote is open")]
    [InlineData("A.C,\"Text=\"\"a,b\"\", N=1\"", "A.B,", 12, "A.B is there twice")]
    public void A_damaged_text_is_refused_with_its_source_its_line_and_the_remedy(string what, string instead, int line, string expected)
    {
        Assert.Contains(what, Text, StringComparison.Ordinal);
        Refused(Text.Replace(what, instead, StringComparison.Ordinal), line, expected);
    }

    private static void Refused(string text, int line, string expected)
    {
        var refused = Assert.Throws<InvalidDataException>(() => ResultFile.Read(text, "HEAD:file.csv"));
        Assert.StartsWith($"HEAD:file.csv:{line}: {expected}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("restore it, or remove it", refused.Message, StringComparison.Ordinal);
    }
}
