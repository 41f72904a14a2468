using System.Globalization;
using System.Net;
using System.Text;

namespace FastCanary.Benchmarks.Reports;

/// <summary>
/// An SVG of two parts: each benchmark's time with its budget, on a logarithmic axis, and its change since the last result with the noise of both.
/// The background is transparent and the colours are between white and black, as in <c>bench/compare/plot.py</c>. The same figures make the same bytes.
/// </summary>
internal sealed class ReportPlot
{
    private const int Width = 900, Row = 22, Top = 62, TimesLeft = 230, TimesWidth = 290, ChangesMiddle = 710, ChangesHalf = 150;
    private const string Text = "#737b85", Ours = "#2f81f7", Slower = "#d1542f", Faster = "#2f9e5f";

    /// <summary>Changes beyond this part of the last time are drawn at the edge; their number is in the page.</summary>
    private const double FractionMax = 0.5;

    private readonly StringBuilder _svg = new();

    internal static string Of(Comparison comparison, IReadOnlyDictionary<string, Budget> budgets) => new ReportPlot().Draw(comparison, budgets);

    private string Draw(Comparison comparison, IReadOnlyDictionary<string, Budget> budgets)
    {
        IReadOnlyList<Change> changes = comparison.Changes;
        int bottom = Top + Row * changes.Count;
        double[] positive = [.. changes.SelectMany(change => Times(change, budgets)).Where(static ns => ns > 0)];
        int first = positive.Length == 0 ? 0 : (int)Math.Floor(Math.Log10(positive.Min()));
        int last = Math.Max(first + 1, positive.Length == 0 ? 1 : (int)Math.Ceiling(Math.Log10(positive.Max())));

        Add($"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{bottom + 24}" viewBox="0 0 {Width} {bottom + 24}" role="img" aria-labelledby="title" """);
        Add($"""font-family="system-ui, sans-serif" font-size="12" fill="{Text}">""");
        Add($"""<title id="title">Time of each benchmark, and its change since the last result</title>""");
        Label(8, 18, "Benchmarks", "start", bold: true);
        Label(TimesLeft, 38, "ns, logarithmic: fastest (disc) to slowest round, budget (tick)");
        for (int power = first; power <= last; power++) Tick(X(Math.Pow(10, power)), bottom, Math.Pow(10, power).ToString("#,0.###", CultureInfo.InvariantCulture));
        if (comparison.Before is not null)
        {
            Label(ChangesMiddle - ChangesHalf, 38, "change of the fastest round, to the median one; last (grey)");
            for (int percent = -50; percent <= 50; percent += 25) Tick(ChangeX(percent / 100.0), bottom, $"{percent:+0;−0;0} %");
        }

        for (int i = 0; i < changes.Count; i++)
        {
            double y = Top + Row * (i + 0.5);
            Label(TimesLeft - 10, y + 4, changes[i].Now.Key.Replace("Benchmarks.", ".", StringComparison.Ordinal), "end");
            DrawTime(changes[i], budgets, y);
            DrawChange(changes[i], y);
        }

        return _svg.Append("</svg>\n").ToString();

        double X(double ns) => TimesLeft + TimesWidth * (Math.Log10(Math.Max(ns, Math.Pow(10, first))) - first) / (last - first);

        void DrawTime(Change change, IReadOnlyDictionary<string, Budget> of, double y)
        {
            Bar(X(change.Now.FastestNs), X(change.Now.SlowestNs), y, Ours, 1);
            Disc(X(change.Now.FastestNs), y, Ours);
            if (of.TryGetValue(change.Now.Name, out Budget? budget)) Line(X(budget.Nanoseconds), y - 7, X(budget.Nanoseconds), y + 7, Text, 1);
        }
    }

    private static IEnumerable<double> Times(Change change, IReadOnlyDictionary<string, Budget> budgets) =>
        [change.Now.FastestNs, change.Now.SlowestNs, budgets.TryGetValue(change.Now.Name, out Budget? budget) ? budget.Nanoseconds : 0];

    private static double ChangeX(double fraction) => ChangesMiddle + ChangesHalf * Math.Clamp(fraction / FractionMax, -1, 1);

    private void DrawChange(Change change, double y)
    {
        if (change is not { Before: { } before, Fraction: { } fraction }) return;
        string colour = change.Time switch { TimeChange.Slower => Slower, TimeChange.Faster => Faster, _ => Ours };
        Bar(Place(before.FastestNs), Place(before.MedianNs), y - 4, Text, 0.6);
        Bar(Place(change.Now.FastestNs), Place(change.Now.MedianNs), y + 3, colour, 1);
        Disc(ChangeX(fraction), y + 3, colour);

        double Place(double ns) => ChangeX(ns / before.FastestNs - 1);
    }

    private void Tick(double x, int bottom, string what)
    {
        Line(x, Top, x, bottom, Text, 0.35);
        Label(x, bottom + 15, what, "middle");
    }

    private void Bar(double low, double high, double y, string colour, double opacity) => Line(low, y, Math.Max(high, low + 0.5), y, colour, opacity, 2);

    private void Disc(double x, double y, string colour) => Add($"""<circle cx="{x:0.0}" cy="{y:0.0}" r="3.5" fill="{colour}"/>""");

    private void Line(double x1, double y1, double x2, double y2, string colour, double opacity, int width = 1) =>
        Add($"""<line x1="{x1:0.0}" y1="{y1:0.0}" x2="{x2:0.0}" y2="{y2:0.0}" stroke="{colour}" stroke-opacity="{opacity}" stroke-width="{width}"/>""");

    private void Label(double x, double y, string what, string anchor = "start", bool bold = false) =>
        Add($"""<text x="{x:0.0}" y="{y:0.0}" text-anchor="{anchor}" font-size="{(bold ? "13\" font-weight=\"bold" : "11")}">{WebUtility.HtmlEncode(what)}</text>""");

    private void Add(FormattableString element) => _svg.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
