using System.Text.RegularExpressions;
using System.Xml.Linq;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Reports;
using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Tests.Reports;

public sealed partial class HtmlReportTests
{
    private static readonly string[] Void = ["meta", "br", "path"];

    [Fact]
    public void It_is_well_formed_and_needs_nothing_from_elsewhere()
    {
        string text = HtmlReport.From(Sample.Report(Sample.Scenario("split", Sample.Step("one", 0, 10)), Sample.Skipped("idle"), Sample.BrokenOff("tcp"), Sample.Scenario("empty", Sample.Nothing("nothing"))));
        Assert.StartsWith("<!DOCTYPE html>\n<html", text, StringComparison.Ordinal);
        XElement page = Parse(text);
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "script" or "link" or "img" or "iframe" or "object" or "use" or "image");
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName is "src" or "srcset" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.All(page.Descendants().Attributes("href"), link => Assert.StartsWith("#", link.Value, StringComparison.Ordinal));
        Assert.DoesNotMatch("url\\(|@import|[<>&]", Assert.Single(Named(page, "style")).Value);
        // A namespace is a name, not a reference.
        Assert.All(Url().Matches(text), url => Assert.StartsWith("http://www.w3.org/", url.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void An_HTML_parser_reads_it_as_an_XML_parser_does()
    {
        string text = HtmlReport.From(Sample.Report(Sample.Scenario("empty", Sample.Nothing("")), Sample.Skipped("idle")));
        // HTML does not know the short form of an empty element, but for some.
        Assert.All(ShortForm().Matches(text).Select(match => match.Groups["name"].Value), name => Assert.Contains(name, Void));
    }

    [Fact]
    public void Whatever_a_text_holds_is_shown_as_text()
    {
        const string Evil = "<script>alert('1')</script> & \"x\" \u001b[31mred\u0000 \ud83d\ude00 \ud83d end";
        ScenarioResult scenario = Sample.Scenario(Evil, Sample.Step(Evil, 0, 5) with { Versions = [Evil, "b"], Failures = new Dictionary<string, long> { [Evil] = 1 } }) with
        {
            Summary = Evil,
            Problem = Evil,
            Thresholds = [new Threshold(Evil, Evil, Evil, Holds: false)],
            Figures = [(Evil, Evil)],
            Intended = [new IntendedShare(Evil, Evil, [new SharePoint(0, 0.5)])],
        };
        XElement page = Parse(HtmlReport.From(Sample.Report(scenario) with { Command = Evil, Configuration = Evil }));
        Assert.Empty(Named(page, "script"));
        string shown = "<script>alert('1')</script> & \"x\" \ufffd[31mred\ufffd \ud83d\ude00 \ufffd end";
        Assert.Contains(Named(page, "p"), paragraph => paragraph.Value == shown);
        Assert.Contains(Named(page, "pre"), pre => pre.Value == shown);
        Assert.Equal(3, Named(page, "td").Count(cell => cell.Value == shown));
    }

    [Fact]
    public void Tables_have_captions_and_heads_and_plots_have_text()
    {
        XElement page = Parse(HtmlReport.From(Sample.Report(Sample.Scenario("split", Sample.Step("one", 0, 10)))));
        Assert.Equal(["Scenarios", "Thresholds", "Steps, latency in ms", "Figures"], Named(page, "table").Select(table => Assert.Single(Named(table, "caption")).Value));
        Assert.Equal(["FastCanary load report"], Named(page, "h1").Select(head => head.Value));
        Assert.Equal(["split: passed", "Configuration"], Named(page, "h2").Select(head => head.Value));
        XElement[] plots = [.. Named(page, "svg").Where(svg => (string?)svg.Attribute("role") == "img")];
        string[] names = [.. plots.Select(plot => TextOf(page, plot, 0))];
        Assert.Equal(["Latency by percentile", "Requests per second", "Latency over time", "Share of each version"], names);
        Assert.Equal("one: p50 2.00 ms, p99 9.00 ms, longest 9.00 ms.", TextOf(page, plots[0], 1));
        Assert.Equal("Succeeded: 90 a second. Failed: 100, at most 10 in a second.", TextOf(page, plots[1], 1));
        Assert.Equal("p50 of each second: 2.00 ms. p99 of each second: 8.00 ms.", TextOf(page, plots[2], 1));
        Assert.Equal("Of the answers of each second. stable: 75 %. canary: 25 %.", TextOf(page, plots[3], 1));
        string[] ids = [.. page.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Distinct(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void The_summary_leads_to_each_scenario_also_to_one_played_twice()
    {
        XElement page = Parse(HtmlReport.From(Sample.Report(Sample.Scenario("split", Sample.Step("one", 0, 1)), Sample.Scenario("split", Sample.Step("one", 0, 2)))));
        XElement[] links = [.. Named(page, "a")];
        Assert.Equal(["split", "split (2)"], links.Select(link => link.Value));
        Assert.Equal(["split: passed", "split (2): passed"], links.Select(link => Named(WithId(page, link.Attribute("href")!.Value[1..]), "h2").Single().Value));
    }

    [Fact]
    public void A_broken_threshold_and_a_run_that_failed_stand_out()
    {
        ScenarioResult failed = Sample.Scenario("ramp", Sample.Step("one", 0, 1)) with { Outcome = Outcome.Failed, Thresholds = [new Threshold("share", "7 %", "at most 5 %", Holds: false)] };
        XElement page = Parse(HtmlReport.From(Sample.Report(failed, Sample.Skipped("idle"))));
        Assert.Equal(["FAILED", "1 of 1 FAILED: share", "FAILED"], Named(page, "td").Where(cell => (string?)cell.Attribute("class") == "failed").Select(cell => cell.Value));
        Assert.Equal(["1 failed, 1 skipped"], Named(page, "strong").Where(mark => (string?)mark.Attribute("class") == "failed").Select(mark => mark.Value));
        Assert.Contains(Named(page, "strong"), mark => mark.Value == "Skipped: needs the admin API (--admin URL)");
    }

    [Fact]
    public void Hours_of_many_scenarios_are_a_page_that_opens()
    {
        var random = new Random(3);
        SecondSample Second(int second)
        {
            long canary = random.Next(40, 60);
            return new SecondSample(second, 100, random.Next(3), 100 + random.Next(900), 2000 + random.Next(9000), 20_000, [100 - canary, canary]);
        }

        var intended = new IntendedShare("soak", "canary", [.. Enumerable.Range(0, 20_000).Select(i => new SharePoint(i, i % 100 / 100.0))]);
        ScenarioResult Soak(int number) => Sample.Scenario($"soak-{number}", Sample.Step("soak", 0, 8 * 3600, Second)) with { Intended = [intended] };
        string text = HtmlReport.From(Sample.Report([.. Enumerable.Range(0, 12).Select(Soak)]));
        Assert.InRange(text.Length, 100_000, 2_000_000);
        Assert.InRange(MarkdownReport.From(Sample.Report(Soak(0))).Length, 1000, 10_000);
    }

    private static XElement Parse(string text) => XDocument.Parse(text).Root!;

    private static IEnumerable<XElement> Named(XElement element, string name) => element.Descendants().Where(child => child.Name.LocalName == name);

    private static XElement WithId(XElement page, string id) => page.Descendants().Single(element => (string?)element.Attribute("id") == id);

    private static string TextOf(XElement page, XElement plot, int number) => WithId(page, plot.Attribute("aria-labelledby")!.Value.Split(' ')[number]).Value;

    [GeneratedRegex("https?://[^\"\\s]+", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Url();

    [GeneratedRegex("<(?<name>[a-z0-9]+)[^<>]*/>", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex ShortForm();
}
