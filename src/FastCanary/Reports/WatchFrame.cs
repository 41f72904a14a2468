using System.Globalization;
using System.Text;

namespace FastCanary.Reports;

/// <summary>One picture of <c>status --watch</c>: the report under a line that says whose it is and how old.</summary>
internal static class WatchFrame
{
    /// <param name="columns">The terminal's; <see cref="int.MaxValue"/>: as wide as need be.</param>
    /// <param name="rows">The most lines there may be; what does not fit is counted in the last one.</param>
    /// <param name="lost">Why the report is an old one; null: it is from now.</param>
    public static List<TextLine> Lines(StatusReport report, string address, DateTimeOffset now, string? lost, int columns, int rows)
    {
        var title = TextLine.Of($"{address}  {Figures.Clock(now)}", Ink.Faint);
        if (columns != int.MaxValue) title.Add("  Ctrl-C ends", Ink.Faint);
        var lines = new List<TextLine> { title };
        if (lost is not null) lines.AddRange(TextWrap.Lines(lost, columns).Select(static part => TextLine.Of(part, Ink.Bad)));
        lines.Add(new TextLine());
        lines.AddRange(StatusText.Lines(report, now, columns));
        if (lines.Count <= rows) return lines;
        var hidden = lines.Count - Math.Max(0, rows - 1);
        lines.RemoveRange(lines.Count - hidden, hidden);
        var hint = report.Services.Count > 1 ? "; status SERVICE --watch shows one service" : "";
        lines.Add(TextLine.Of(string.Create(CultureInfo.InvariantCulture, $".. {hidden} more lines{hint}"), Ink.Faint));
        return lines;
    }

    /// <summary>A frame for a terminal: drawn over the one before, line by line, so that nothing flickers.</summary>
    public static string ForTerminal(List<TextLine> lines, int columns, bool colour)
    {
        var text = new StringBuilder("\u001b[H");
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0) text.Append("\r\n");
            lines[i].WriteTo(text, colour, columns);
            // The rest of the line that stood here before.
            text.Append("\u001b[K");
        }

        return text.Append("\u001b[J").ToString();
    }

    /// <summary>A block for a file or a pipe.</summary>
    public static string Plain(List<TextLine> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            line.WriteTo(text, colour: false);
            text.Append('\n');
        }

        return text.Append('\n').ToString();
    }
}
