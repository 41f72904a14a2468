using System.Globalization;
using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Reports;

/// <summary>Figures as people read them in a report; the same words in Markdown and HTML.</summary>
internal static class ReportText
{
    public const string Title = "FastCanary load report";
    public const string ConfigurationNote = "That of every scenario at its begin, but for addresses and ports";
    public const string NoConfigurationNote = "The target's own.";

    private const int SimulationsMax = 6;

    /// <summary>With a comma between thousands.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Of something a second, to a tenth where it is small.</summary>
    public static string Rate(double rate) => rate.ToString(rate < 99.95 ? "0.#" : "#,0", CultureInfo.InvariantCulture);

    /// <summary>Microseconds as milliseconds, to three digits.</summary>
    public static string Millis(double micros)
    {
        double millis = micros / 1000;
        return millis.ToString(millis < 0.9995 ? "0.000" : millis < 9.995 ? "0.00" : millis < 99.95 ? "0.0" : "#,0", CultureInfo.InvariantCulture);
    }

    public static string Seconds(double seconds) => seconds.ToString(seconds < 600 ? "0.0" : "#,0", CultureInfo.InvariantCulture) + " s";

    public static string Mebibytes(double bytes) => (bytes / (1 << 20)).ToString("#,0.0", CultureInfo.InvariantCulture) + " MiB";

    /// <summary>A part of a whole, 0 to 1, to a tenth of a percent.</summary>
    public static string Share(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    public static string Moment(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    public static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Passed => "passed",
        Outcome.Failed => "failed",
        _ => "skipped",
    };

    /// <summary>How a whole run ended: <c>10 passed, 1 failed, 1 skipped</c>.</summary>
    public static string Outcomes(IEnumerable<ScenarioResult> scenarios)
    {
        string[] words = [.. scenarios.GroupBy(scenario => scenario.Outcome).OrderBy(group => group.Key).Select(group => $"{group.Count()} {Word(group.Key)}")];
        return words.Length == 0 ? "nothing was played" : string.Join(", ", words);
    }

    /// <summary>The load in words: equal stretches that follow each other are told once.</summary>
    public static string Simulations(IReadOnlyList<string> simulations)
    {
        List<(string Text, int Times)> told = [];
        foreach (string text in simulations)
        {
            if (told.Count > 0 && told[^1].Text == text) told[^1] = (text, told[^1].Times + 1);
            else told.Add((text, 1));
        }

        IEnumerable<string> words = told.Take(SimulationsMax).Select(stretch => stretch.Times == 1 ? stretch.Text : $"{stretch.Times} times {stretch.Text}");
        return string.Join(", ", told.Count > SimulationsMax ? words.Append($"and {told.Count - SimulationsMax} more stretches") : words);
    }

    /// <summary><c>3 (2 reset, 1 status 502)</c>; the most frequent first.</summary>
    public static string Failures(long failed, IReadOnlyDictionary<string, long> kinds)
    {
        if (failed == 0) return "0";
        IEnumerable<string> words = kinds.OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"{Count(kind.Value)} {kind.Key}");
        return $"{Count(failed)} ({string.Join(", ", words)})";
    }

    /// <summary><c>stable 900, canary 100</c>.</summary>
    public static string Answers(IReadOnlyList<string> versions, IReadOnlyList<long> counts) => string.Join(", ", versions.Zip(counts, (version, count) => $"{version} {Count(count)}"));

    /// <summary>Names that tell their bearers apart: a second <c>split</c> becomes <c>split (2)</c>.</summary>
    public static IReadOnlyList<string> Distinct(IEnumerable<string> names)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. names.Select(name => (seen[name] = seen.GetValueOrDefault(name) + 1) is > 1 and int times ? $"{name} ({times})" : name)];
    }
}
