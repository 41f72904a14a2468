using System.Buffers;
using System.Globalization;
using System.Xml.Linq;
using FastCanary.LoadTests.Reports.Plots;

namespace FastCanary.LoadTests.Tests.Reports;

/// <summary>Reads the lines of a plot's picture back.</summary>
internal static class SvgLines
{
    private static readonly SearchValues<char> Commands = SearchValues.Create("MLHVhZ");

    /// <summary>The runs of points of a line, in the units of the picture.</summary>
    public static List<List<(double X, double Y)>> Of(Plot plot, string name) => Parse(plot.ToSvg("plot").Elements().Single(element => element.Elements().Any(title => title.Value == name)));

    /// <summary>The runs of points of a path, in the units of the picture.</summary>
    public static List<List<(double X, double Y)>> Parse(XElement path)
    {
        List<List<(double X, double Y)>> runs = [];
        string d = path.Attribute("d")!.Value;
        for (int at = 0; at < d.Length;)
        {
            char command = d[at];
            int end = d.AsSpan(at + 1).IndexOfAny(Commands) is >= 0 and int next ? at + 1 + next : d.Length;
            double[] numbers = [.. d[(at + 1)..end].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
            if (command == 'M') runs.Add([(numbers[0], numbers[1])]);
            else if (command == 'L') runs[^1].Add((numbers[0], numbers[1]));
            else if (command == 'H') runs[^1].Add((numbers[0], runs[^1][^1].Y));
            else if (command == 'V') runs[^1].Add((runs[^1][^1].X, numbers[0]));
            at = end;
        }

        return runs;
    }
}
