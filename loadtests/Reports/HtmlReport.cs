using System.Xml.Linq;
using FastCanary.LoadTests.Reports.Plots;
using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Reports;

/// <summary>A report as one page that needs nothing else: its style and its plots are in it, and no script is.</summary>
internal static class HtmlReport
{
    private static readonly XNamespace Html = Page.Html;

    public static string From(LoadReport report)
    {
        string[] names = [.. ReportText.Distinct(report.Scenarios.Select(scenario => scenario.Name))];
        string title = $"{ReportText.Title}: {ReportText.Outcomes(report.Scenarios)}";
        return Page.ToText(new XElement(
            Html + "html",
            new XAttribute("lang", "en"),
            new XElement(
                Html + "head",
                new XElement(Html + "meta", new XAttribute("charset", "utf-8")),
                new XElement(Html + "meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                new XElement(Html + "title", title),
                new XElement(Html + "style", PageStyle.Css)),
            new XElement(
                Html + "body",
                new XElement(Html + "h1", ReportText.Title),
                Paragraph(Badge(Worst(report.Scenarios), ReportText.Outcomes(report.Scenarios))),
                Facts(report),
                Summary(report),
                report.Scenarios.Select((scenario, i) => Section(scenario, names[i], i)),
                Configuration(report))));
    }

    private static XElement Facts(LoadReport report) => new(
        Html + "dl",
        ReportContent.Facts(report).Select(fact => new[] { new XElement(Html + "dt", fact.Name), new XElement(Html + "dd", fact.Name == "Command" ? new XElement(Html + "code", fact.Value) : fact.Value) }));

    private static XElement? Summary(LoadReport report)
    {
        if (report.Scenarios.Count == 0) return null;
        XElement table = Table(ReportContent.Summary(report))!;
        int i = 0;
        foreach (XElement name in table.Descendants(Html + "tbody").Elements().Select(row => row.Elements().First()))
            name.ReplaceNodes(new XElement(Html + "a", new XAttribute("href", $"#{Id(i++)}"), name.Value));
        return table;
    }

    private static XElement Section(ScenarioResult scenario, string name, int number)
    {
        string id = Id(number);
        IReadOnlyList<Plot> plots = ScenarioPlots.Of(scenario);
        return new XElement(
            Html + "section",
            new XAttribute("id", id),
            new XAttribute("aria-labelledby", $"{id}-name"),
            new XElement(Html + "h2", new XAttribute("id", $"{id}-name"), $"{name}: ", new XElement(Html + "span", new XAttribute("class", ReportText.Word(scenario.Outcome)), ReportText.Word(scenario.Outcome))),
            new XElement(Html + "p", scenario.Summary),
            Problem(scenario),
            plots.Count == 0 ? null : new XElement(Html + "div", new XAttribute("class", "plots"), plots.Select((plot, i) => plot.ToFigure($"{id}-plot-{i + 1}"))),
            Table(ReportContent.Thresholds(scenario)),
            Table(ReportContent.Steps(scenario)),
            Table(ReportContent.Figures(scenario)));
    }

    private static XElement? Problem(ScenarioResult scenario)
    {
        if (scenario.Problem.Length == 0) return null;
        if (scenario.Problem.Contains('\n', StringComparison.Ordinal)) return new XElement(Html + "pre", scenario.Problem.ReplaceLineEndings("\n"));
        return Paragraph(Badge(scenario.Outcome, $"{(scenario.Outcome == Outcome.Skipped ? "Skipped" : "Broke off")}: {scenario.Problem}"));
    }

    private static XElement Configuration(LoadReport report) => new(
        Html + "section",
        new XElement(Html + "h2", "Configuration"),
        report.Configuration is null
            ? Paragraph(ReportText.NoConfigurationNote)
            : new XElement(Html + "details", new XElement(Html + "summary", ReportText.ConfigurationNote), new XElement(Html + "pre", new XElement(Html + "code", report.Configuration))));

    private static XElement? Table(ReportTable table)
    {
        if (table.Rows.Count == 0) return null;
        XAttribute? Class(int column, string text) =>
            text.Contains("FAILED", StringComparison.Ordinal) ? new XAttribute("class", "failed") : table.Figures.Contains(column) ? new XAttribute("class", "figure") : null;
        // A table wider than the page is moved sideways, with the keyboard too.
        return new XElement(
            Html + "div",
            new XAttribute("class", "scroll"),
            new XAttribute("role", "region"),
            new XAttribute("aria-label", table.Caption),
            new XAttribute("tabindex", "0"),
            new XElement(
                Html + "table",
                table.Names.Count > 4 ? new XAttribute("class", table.Names.Count > 10 ? "wider" : "wide") : null,
                new XElement(Html + "caption", table.Caption),
                new XElement(Html + "thead", new XElement(Html + "tr", table.Names.Select((name, i) => new XElement(Html + "th", new XAttribute("scope", "col"), Class(i, ""), name)))),
                new XElement(
                    Html + "tbody",
                    table.Rows.Select(row => new XElement(
                        Html + "tr",
                        row.Select((cell, i) => i == 0 ? new XElement(Html + "th", new XAttribute("scope", "row"), cell) : new XElement(Html + "td", Class(i, cell), cell)))))));
    }

    private static XElement Paragraph(object content) => new(Html + "p", content);

    private static XElement Badge(Outcome outcome, string text) => new(Html + "strong", new XAttribute("class", ReportText.Word(outcome)), text);

    private static Outcome Worst(IReadOnlyList<ScenarioResult> scenarios)
    {
        if (scenarios.Any(scenario => scenario.Outcome == Outcome.Failed)) return Outcome.Failed;
        return scenarios.Any(scenario => scenario.Outcome == Outcome.Passed) ? Outcome.Passed : Outcome.Skipped;
    }

    private static string Id(int number) => $"scenario-{number + 1}";
}
