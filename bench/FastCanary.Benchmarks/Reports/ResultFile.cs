using System.Globalization;
using System.Text;
using Microsoft.VisualBasic.FileIO;

namespace FastCanary.Benchmarks.Reports;

/// <summary>
/// A result as text: a line <c># name: value</c> for each of the circumstances, then comma-separated values (RFC 4180) with a header. Times are nanoseconds
/// per operation.
/// </summary>
internal static class ResultFile
{
    private static readonly string[] Columns =
    [
        "benchmark", "parameters", "fastest_ns", "median_ns", "slowest_ns", "mean_ns", "error_ns", "stddev_ns",
        "rounds", "iterations", "operations", "allocated_bytes",
    ];

    internal static string Write(ResultSet result)
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in result.Circumstances.Named) text.Append(CultureInfo.InvariantCulture, $"# {name}: {value}\n");
        Row(Columns);
        foreach (BenchmarkFigures f in result.Figures)
        {
            Row([
                f.Name, f.Parameters, Time(f.FastestNs), Time(f.MedianNs), Time(f.SlowestNs), Time(f.MeanNs), Time(f.ErrorNs), Time(f.StdDevNs),
                Count(f.Rounds), Count(f.Iterations), Count(f.Operations), Count(f.AllocatedBytes),
            ]);
        }

        return text.ToString();

        void Row(IEnumerable<string> fields) => text.AppendJoin(',', fields.Select(Quoted)).Append('\n');
        static string Quoted(string field) => field.AsSpan().ContainsAny(',', '"') ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
        static string Time(double ns) => ns.ToString("0.####", CultureInfo.InvariantCulture);
        static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);
    }

    /// <param name="text">What <see cref="Write"/> made.</param>
    /// <param name="source">Where it is from, for errors.</param>
    /// <exception cref="InvalidDataException">It is not such a text; the message names the source, the line and what is wrong there.</exception>
    internal static ResultSet Read(string text, string source)
    {
        string[] lines = text.Split('\n');
        var circumstances = new Dictionary<string, string>(StringComparer.Ordinal);
        int line = 0;
        for (; line < lines.Length && lines[line].StartsWith('#'); line++)
        {
            string[] parts = lines[line][1..].Split(':', 2, StringSplitOptions.TrimEntries);
            if (parts.Length < 2) throw Invalid("'# name: value' is expected");
            circumstances[parts[0]] = parts[1];
        }

        if (Circumstances.Names.FirstOrDefault(name => !circumstances.ContainsKey(name)) is { } missing) throw Invalid($"'# {missing}: …' is missing above it");
        if (line == lines.Length || !Fields().SequenceEqual(Columns, StringComparer.Ordinal)) throw Invalid($"the header is expected: {string.Join(',', Columns)}");
        var figures = new List<BenchmarkFigures>();
        for (line++; line < lines.Length; line++)
        {
            if (lines[line].Length > 0) figures.Add(Figures(Fields()));
        }

        return new ResultSet(Circumstances.Of(circumstances), figures);

        string[] Fields()
        {
            using var parser = new TextFieldParser(new StringReader(lines[line])) { Delimiters = [","], TrimWhiteSpace = false };
            try
            {
                return parser.ReadFields() ?? [];
            }
            catch (MalformedLineException)
            {
                throw Invalid("a quote is open");
            }
        }

        BenchmarkFigures Figures(string[] fields)
        {
            if (fields.Length != Columns.Length) throw Invalid($"{Columns.Length} values are expected, not {fields.Length}");
            var one = new BenchmarkFigures(
                fields[0], fields[1], Time(2), Time(3), Time(4), Time(5), Time(6), Time(7), Count(8), Count(9), Count(10), Count(11));
            if (one.Name.Length == 0) throw Invalid("the benchmark has no name");
            if (figures.Exists(other => other.Key == one.Key)) throw Invalid($"{one.Key} is there twice");
            return one;

            double Time(int column) => double.TryParse(fields[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double ns) && double.IsFinite(ns) && ns >= 0
                ? ns
                : throw Invalid($"{Columns[column]} is '{fields[column]}', not a time in nanoseconds");
            long Count(int column) => long.TryParse(fields[column], NumberStyles.None, CultureInfo.InvariantCulture, out long count)
                ? count
                : throw Invalid($"{Columns[column]} is '{fields[column]}', not a count");
        }

        InvalidDataException Invalid(string what) =>
            new($"{source}:{line + 1}: {what}. It is to be as report --write made it; restore it, or remove it and commit that to begin anew.");
    }
}
