using System.Text;
using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Reports;

/// <summary>A report in GitHub-flavoured Markdown.</summary>
internal static class MarkdownReport
{
    private const string Special = "\\`*_{}[]|~";

    public static string From(LoadReport report)
    {
        var text = new StringBuilder();
        text.Append($"# {ReportText.Title}\n\n{ReportText.Outcomes(report.Scenarios)}.\n\n");
        foreach ((string name, string value) in ReportContent.Facts(report)) text.Append($"- {name}: {(name == "Command" ? Code(value) : Escape(value))}\n");
        text.Append("\n## Scenarios\n\n");
        if (report.Scenarios.Count > 0) Append(text, ReportContent.Summary(report));
        text.Append($"All of it second by second is in load.csv ({CsvReport.Head}: what a value does not belong to is empty), its plots are in load.html.\n");
        IReadOnlyList<string> names = ReportText.Distinct(report.Scenarios.Select(scenario => scenario.Name));
        foreach ((ScenarioResult scenario, string name) in report.Scenarios.Zip(names)) Append(text, scenario, name);
        text.Append("\n## Configuration\n\n");
        if (report.Configuration is null) text.Append($"{ReportText.NoConfigurationNote}\n");
        else Fence(text.Append($"<details><summary>{ReportText.ConfigurationNote}</summary>\n\n"), report.Configuration, "yaml").Append("\n</details>\n");
        return text.ToString();
    }

    /// <summary>Text that Markdown shows as it is, in one line.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (c is '&') escaped.Append("&amp;");
            else if (c is '<') escaped.Append("&lt;");
            else if (c is '>') escaped.Append("&gt;");
            else if (Special.Contains(c, StringComparison.Ordinal)) escaped.Append('\\').Append(c);
            else escaped.Append(char.IsControl(c) ? ' ' : c);
        }

        return escaped.ToString().Trim();
    }

    private static void Append(StringBuilder text, ScenarioResult scenario, string name)
    {
        text.Append($"\n## {Escape(name)}: {ReportText.Word(scenario.Outcome)}\n\n{Escape(scenario.Summary)}\n\n");
        if (scenario.Problem.Contains('\n', StringComparison.Ordinal)) Fence(text, scenario.Problem, "text").Append('\n');
        else if (scenario.Problem.Length > 0) text.Append($"**{(scenario.Outcome == Outcome.Skipped ? "Skipped" : "Broke off")}: {Escape(scenario.Problem)}**\n\n");
        foreach (ReportTable table in (ReportTable[])[ReportContent.Thresholds(scenario), ReportContent.Steps(scenario), ReportContent.Figures(scenario)])
        {
            if (table.Rows.Count == 0) continue;
            text.Append($"{table.Caption}:\n\n");
            Append(text, table);
        }

        text.Length--;
    }

    private static void Append(StringBuilder text, ReportTable table)
    {
        void Row(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        Row(table.Names.Select(Escape));
        Row(table.Names.Select((_, i) => table.Figures.Contains(i) ? "---:" : "---"));
        foreach (IReadOnlyList<string> row in table.Rows) Row(row.Select(cell => cell is "FAILED" ? "**FAILED**" : Escape(cell)));
        text.Append('\n');
    }

    private static string Code(string text)
    {
        string mark = new('`', LongestRun(text) + 1);
        return mark.Length == 1 ? $"`{text}`" : $"{mark} {text} {mark}";
    }

    private static StringBuilder Fence(StringBuilder text, string content, string language)
    {
        string mark = new('`', Math.Max(3, LongestRun(content) + 1));
        return text.Append($"{mark}{language}\n{content.ReplaceLineEndings("\n").TrimEnd()}\n{mark}\n");
    }

    // A fence ends at a run of marks as long as its own.
    private static int LongestRun(string text)
    {
        int longest = 0;
        for (int i = 0, run = 0; i < text.Length; i++)
        {
            run = text[i] == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
