using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace FastCanary.LoadTests.Reports.Plots;

/// <summary>Lines over two axes, as inline SVG. Colours and sizes of its text are the page's: <see cref="PageStyle"/>.</summary>
/// <param name="title">What it shows.</param>
/// <param name="description">The same in words, for who does not see it.</param>
/// <param name="x">The axis below.</param>
/// <param name="y">The axis on the left.</param>
/// <param name="series">The lines; the first lies on top.</param>
internal sealed class Plot(string title, string description, PlotAxis x, PlotAxis y, IReadOnlyList<PlotSeries> series)
{
    public const int Width = 560;
    public const int Height = 314;
    public const int Left = 66;
    public const int Right = 544;
    public const int Top = 36;
    public const int Bottom = 266;

    /// <summary>Colours that the page has; further series take them again with dots instead of a line.</summary>
    public const int Colours = 8;

    // As wide as a character is on average on a small screen, in the units of the picture.
    private const double CharacterWidth = 8.5;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>Stretches with a name: the steps of a scenario.</summary>
    public IReadOnlyList<PlotMark> Marks { get; init; } = [];

    /// <summary>The picture with its title and legend.</summary>
    /// <param name="id">Unique in the page.</param>
    public XElement ToFigure(string id) => new(
        Page.Html + "figure",
        new XElement(Page.Html + "figcaption", new XElement(Page.Html + "strong", title), Legend()),
        ToSvg(id));

    /// <summary>The picture.</summary>
    /// <param name="id">Unique in the page.</param>
    public XElement ToSvg(string id) => new(
        Svg + "svg",
        new XAttribute("viewBox", $"0 0 {Width} {Height}"),
        new XAttribute("role", "img"),
        new XAttribute("aria-labelledby", $"{id}-title {id}-description"),
        new XElement(Svg + "title", new XAttribute("id", $"{id}-title"), title),
        new XElement(Svg + "desc", new XAttribute("id", $"{id}-description"), description),
        y.Ticks.SelectMany(YTick),
        x.Ticks.SelectMany(XTick),
        Text((Left + Right) / 2.0, Height - 8, "middle", x.Title, "axis"),
        Text(4, 13, "start", y.Title, "axis"),
        Marks.Count > 1 ? Marks.SelectMany(Mark) : [],
        series.Reverse().SelectMany(Draw));

    /// <summary>Where a value of the x axis lies, in the units of the picture.</summary>
    public double XOf(double value) => Left + ((Right - Left) * x.At(value));

    /// <summary>Where a value of the y axis lies, in the units of the picture.</summary>
    public double YOf(double value) => Bottom - ((Bottom - Top) * y.At(value));

    private XElement Legend()
    {
        IEnumerable<XElement> entries = series.Where(line => !line.IsIntended).Select(line => LegendEntry(Class(line), line.Name));
        if (series.Any(line => line.IsIntended)) entries = entries.Append(LegendEntry("line intended", "intended"));
        if (series.Any(line => !line.IsIntended && line.Points.Skip(Thinning.PointsMax).Any())) entries = entries.Append(LegendEntry("line key-band", "lowest to highest around the median"));
        return new XElement(Page.Html + "ul", new XAttribute("class", "legend"), entries);
    }

    private static string Class(PlotSeries line) => $"line c{line.Colour % Colours}{(line.IsIntended ? " intended" : line.Colour >= Colours ? " dotted" : "")}";

    private static XElement LegendEntry(string style, string name) => new(
        Page.Html + "li",
        new XElement(
            Svg + "svg",
            new XAttribute("class", "key"),
            new XAttribute("viewBox", "0 0 28 8"),
            new XAttribute("aria-hidden", "true"),
            new XElement(Svg + "path", new XAttribute("class", style), new XAttribute("d", "M3 4H25"))),
        new XElement(Page.Html + "span", name));

    private static XElement Text(double atX, double atY, string anchor, string text, string name) =>
        new(Svg + "text", new XAttribute("x", Number(atX)), new XAttribute("y", Number(atY)), new XAttribute("text-anchor", anchor), new XAttribute("class", name), text);

    private static XElement Rule(double x1, double y1, double x2, double y2, string name) =>
        new(Svg + "path", new XAttribute("class", name), new XAttribute("d", $"M{Number(x1)} {Number(y1)}L{Number(x2)} {Number(y2)}"));

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private IEnumerable<XElement> YTick((double Value, string Label) tick)
    {
        double at = YOf(tick.Value);
        yield return Rule(Left, at, Right, at, "grid");
        yield return Text(Left - 6, at + 4.5, "end", tick.Label, "tick");
    }

    private IEnumerable<XElement> XTick((double Value, string Label) tick)
    {
        double at = XOf(tick.Value);
        yield return Rule(at, Bottom, at, Bottom + 5, "ruler");
        yield return Text(at, Bottom + 19, "middle", tick.Label, "tick");
    }

    private IEnumerable<XElement> Mark(PlotMark mark)
    {
        (double from, double to) = (XOf(mark.From), XOf(mark.To));
        yield return Rule(from, Top, from, Bottom, "mark");
        if (mark.Name.Length * CharacterWidth < to - from) yield return Text((from + to) / 2, Top - 6, "middle", mark.Name, "tick");
    }

    private IEnumerable<XElement> Draw(PlotSeries line)
    {
        // What was meant is known for every moment: it needs no band.
        ThinnedLine thinned = Thinning.Apply(line);
        if (thinned.Band.Count > 0 && !line.IsIntended) yield return new XElement(Svg + "path", new XAttribute("class", $"band c{line.Colour % Colours}"), new XAttribute("d", Band(thinned)));
        yield return new XElement(Svg + "path", new XAttribute("class", Class(line)), new XAttribute("d", Line(thinned, line.IsStepped)), new XElement(Svg + "title", line.Name));
    }

    private string Line(ThinnedLine line, bool isStepped)
    {
        var path = new StringBuilder();
        foreach (IReadOnlyList<PlotPoint> run in line.Line)
        {
            for (int i = 0; i < run.Count; i++)
            {
                (string atX, string atY) = (Number(XOf(run[i].X)), Number(YOf(run[i].Y)));
                if (i == 0) path.Append('M').Append(atX).Append(' ').Append(atY);
                else if (isStepped) path.Append('H').Append(atX).Append('V').Append(atY);
                else path.Append('L').Append(atX).Append(' ').Append(atY);
            }

            // A line without a length is a dot where its ends are round.
            if (run.Count == 1) path.Append("h0");
        }

        return path.ToString();
    }

    // Along the highest values and back along the lowest.
    private string Band(ThinnedLine line)
    {
        var path = new StringBuilder();
        foreach (IReadOnlyList<(double X, double Low, double High)> run in line.Band)
        {
            path.Append('M').AppendJoin('L', run.Select(point => $"{Number(XOf(point.X))} {Number(YOf(point.High))}"));
            path.Append('L').AppendJoin('L', run.Reverse().Select(point => $"{Number(XOf(point.X))} {Number(YOf(point.Low))}")).Append('Z');
        }

        return path.ToString();
    }
}
