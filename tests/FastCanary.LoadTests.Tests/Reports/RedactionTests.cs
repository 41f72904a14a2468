using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Reports;
using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Tests.Reports;

public sealed class RedactionTests
{
    private static readonly Redaction Redaction = new([("pi", "HOST"), ("s3cret.", "TOKEN"), ("/var/folder/ann", "HOME"), ("/var/folder/ann/canary", "REPOSITORY"), ("/", "ROOT")]);

    [Theory]
    [InlineData("GET http://pi:9901/api/v1/status: no", "GET http://HOST:9901/api/v1/status: no")]
    [InlineData("the pipe of copies", "the pipe of copies")]
    [InlineData("Bearer s3cret., sent", "Bearer TOKEN, sent")]
    [InlineData("/var/folder/ann/canary/artifacts/x in /var/folder/ann/y", "REPOSITORY/artifacts/x in HOME/y")]
    [InlineData("/var/folder/anna", "/var/folder/anna")]
    public void What_is_known_is_replaced_where_it_is_a_word(string text, string expected) => Assert.Equal(expected, Redaction.Apply(text));

    [Fact]
    public void Every_text_of_a_result_that_may_quote_the_machine_is_gone_through()
    {
        const string Leak = "at /var/folder/ann on pi";
        ScenarioResult scenario = Sample.Scenario("split", Sample.Step("one", 0, 1) with { Simulations = [Leak], Failures = new Dictionary<string, long> { [Leak] = 3, ["at HOME on HOST"] = 4 } }) with
        {
            Problem = Leak,
            Thresholds = [new Threshold(Leak, Leak, Leak, Holds: true)],
            Figures = [(Leak, Leak)],
        };
        LoadReport report = Sample.Report(Redaction.Apply(scenario));
        foreach (string text in (string[])[MarkdownReport.From(report), CsvReport.From(report), HtmlReport.From(report)])
        {
            Assert.DoesNotContain("/var/folder/ann", text, StringComparison.Ordinal);
            Assert.Contains("at HOME on HOST", text, StringComparison.Ordinal);
        }

        Assert.Equal(7, Assert.Single(Assert.Single(report.Scenarios[0].Steps).Failures).Value);
    }

    [Fact]
    public void The_folders_of_the_machine_are_known()
    {
        var redaction = new Redaction(Redaction.Folders("/srv/somewhere/fastcanary"));
        Assert.Equal("REPOSITORY/src", redaction.Apply("/srv/somewhere/fastcanary/src"));
        Assert.Equal(Path.Combine("TEMP", "fastcanary-load-x"), redaction.Apply(Path.Combine(Path.GetTempPath(), "fastcanary-load-x")));
    }
}
