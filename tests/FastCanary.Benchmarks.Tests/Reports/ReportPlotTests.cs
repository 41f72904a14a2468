using System.Globalization;
using System.Xml.Linq;
using FastCanary.Benchmarks.Reports;

namespace FastCanary.Benchmarks.Tests.Reports;

public sealed class ReportPlotTests
{
    private static readonly Dictionary<string, Budget> Budgets = new(StringComparer.Ordinal) { ["ABenchmarks.B"] = new Budget(0, 10_000) };

    [Fact]
    public void It_is_well_formed_and_names_each_benchmark_whatever_its_parameters_are()
    {
        ResultSet now = Sample.Result(Sample.Figures("ABenchmarks.B", 100, 110), Sample.Figures("ABenchmarks.C", 5, 6, parameters: "Text=<&\">"));
        string[] texts = Texts(Plot(now, before: null));
        Assert.Contains("A.B", texts);
        Assert.Contains("A.C(Text=<&\">)", texts);
        Assert.Contains("10,000", texts);
        Assert.DoesNotContain("+50 %", texts);
    }

    [Fact]
    public void A_change_lies_on_its_side_and_beyond_the_axis_at_its_edge()
    {
        double[] times = [75, 100, 125, 900];
        ResultSet before = Sample.Result([.. times.Select(static ns => Sample.Figures($"A.To{ns}", 100, 101))]);
        ResultSet now = Sample.Result([.. times.Select(static ns => Sample.Figures($"A.To{ns}", ns, ns + 1))]);
        XDocument plot = Plot(now, before);
        // The second circle of each row is that of its change.
        double[] changes = [.. Elements(plot, "circle").Select(static circle => Number(circle, "cx")).Where(static (_, i) => i % 2 == 1)];
        Assert.Equal(4, changes.Length);
        double quarter = changes[2] - changes[1];
        Assert.True(quarter > 0);
        Assert.Equal(-quarter, changes[0] - changes[1], 0.2);
        Assert.Equal(2 * quarter, changes[3] - changes[1], 0.2);
        Assert.Contains("+50 %", Texts(plot));
        Assert.All(Elements(plot, "line"), line => Assert.InRange(Number(line, "x2"), 0, Number(plot.Root!, "width")));
    }

    [Fact]
    public void Times_of_nothing_are_drawn_too()
    {
        ResultSet nothing = Sample.Result(Sample.Figures("A.B", 0, 0));
        Assert.All(Elements(Plot(nothing, nothing), "circle"), circle => Assert.True(double.IsFinite(Number(circle, "cx"))));
    }

    private static XDocument Plot(ResultSet now, ResultSet? before) => XDocument.Parse(ReportPlot.Of(Sample.Compare(now, before), Budgets));

    private static XElement[] Elements(XDocument plot, string name) => [.. plot.Descendants().Where(element => element.Name.LocalName == name)];

    private static string[] Texts(XDocument plot) => [.. Elements(plot, "text").Select(static text => text.Value)];

    private static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);
}
