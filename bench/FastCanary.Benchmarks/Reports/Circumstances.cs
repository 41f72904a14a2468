using System.Globalization;

namespace FastCanary.Benchmarks.Reports;

/// <summary>When, on what and how a result was measured.</summary>
/// <param name="Date">UTC, <c>yyyy-MM-dd HH:mm</c>.</param>
/// <param name="Commit">Twelve digits; "with changes" follows where the tree had some.</param>
/// <param name="Runtime">.NET's version and the processor's architecture.</param>
/// <param name="System">Operating system and kernel.</param>
/// <param name="Cpu">The processor's model.</param>
/// <param name="Cores">Logical ones that the process may use.</param>
/// <param name="BenchmarkDotNet">Its version.</param>
/// <param name="Configuration">Rounds, iterations, and the runtime's settings.</param>
/// <param name="OthersCores">Cores that other processes used meanwhile, by round; "unknown" where the system does not tell.</param>
internal sealed record Circumstances(
    string Date,
    string Commit,
    string Runtime,
    string System,
    string Cpu,
    string Cores,
    string BenchmarkDotNet,
    string Configuration,
    string OthersCores)
{
    /// <summary>What they are called in files and on the page.</summary>
    internal static readonly string[] Names = ["date", "commit", "runtime", "system", "cpu", "cores", "benchmarkdotnet", "configuration", "cores used by others"];

    /// <summary>Those that change from one run to the next.</summary>
    private static readonly string[] OfOneRun = ["date", "commit", "cores used by others"];

    /// <summary>Whether other processes used more than half of the cores in the median round. Unknown counts as not.</summary>
    internal bool IsBusy
    {
        get
        {
            double[] others = [.. OthersCores.Split(", ").Select(ParseNumber).OfType<double>().Order()];
            return others.Length > 0 && ParseNumber(Cores) is { } cores && others[others.Length / 2] > cores / 2;
        }
    }

    internal IEnumerable<(string Name, string Value)> Named =>
        Names.Zip([Date, Commit, Runtime, System, Cpu, Cores, BenchmarkDotNet, Configuration, OthersCores]);

    /// <param name="values">By name; all of <see cref="Names"/> are there.</param>
    internal static Circumstances Of(IReadOnlyDictionary<string, string> values)
    {
        string[] v = [.. Names.Select(name => values[name])];
        return new Circumstances(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]);
    }

    /// <summary>What makes times of two results differ though the program is the same: name, earlier value, this value.</summary>
    internal IEnumerable<(string Name, string Before, string Now)> DifferencesFrom(Circumstances before) =>
        Named.Zip(before.Named, static (now, earlier) => (now.Name, Before: earlier.Value, Now: now.Value))
            .Where(static pair => !OfOneRun.Contains(pair.Name, StringComparer.Ordinal) && pair.Before != pair.Now);

    private static double? ParseNumber(string text) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : null;
}
