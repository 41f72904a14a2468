using System.Globalization;
using System.Text;
using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Reports;

/// <summary>
/// A report as one long table, a value a row: <c>scenario,step,second,metric,value</c>, quoted as RFC 4180 has it, in UTF-8, lines ended by a line feed,
/// a point before decimals, no mark between thousands. What a row does not belong to is empty:
/// <list type="bullet">
/// <item>no scenario: the run (<c>began</c>, <c>command</c>, <c>commit</c>, <c>cpu</c>, <c>configuration</c> and so on);</item>
/// <item>no step: the scenario (<c>outcome</c>, <c>problem</c>, <c>duration_seconds</c>, <c>threshold/NAME/value</c>, <c>/limit</c> and <c>/holds</c>, <c>figure/NAME</c>);</item>
/// <item>no second: the whole step (<c>load</c>, <c>from_second</c>, <c>to_second</c>, <c>requests</c>, <c>failed</c>, <c>failed/KIND</c>, <c>answers/VERSION</c>,
/// <c>bytes</c>, <c>rate_per_second</c>, <c>latency_p50_us</c> and other quantiles, <c>lag_p99_us</c>);</item>
/// <item>else a second of the scenario, from its whole number to the next (<c>succeeded</c>, <c>failed</c>, <c>latency_p50_us</c>, <c>latency_p99_us</c>,
/// <c>latency_max_us</c>, <c>answers/VERSION</c>), or the moment from which <c>intended/VERSION</c>, 0 to 1, holds.</item>
/// </list>
/// A second without a success has no latency. Nothing is thinned: the seconds of a step add up to its totals.
/// </summary>
internal static class CsvReport
{
    public const string Head = "scenario,step,second,metric,value";

    private static readonly (string Name, double Share)[] Quantiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("p99.99", 0.9999)];

    public static string From(LoadReport report)
    {
        var text = new StringBuilder(Head).Append('\n');
        AppendRun(text, report);
        IReadOnlyList<string> names = ReportText.Distinct(report.Scenarios.Select(scenario => scenario.Name));
        foreach ((ScenarioResult scenario, string name) in report.Scenarios.Zip(names)) AppendScenario(text, scenario, name);
        return text.ToString();
    }

    private static void AppendRun(StringBuilder text, LoadReport report)
    {
        void Row(string metric, object? value) => AppendRow(text, "", "", "", metric, value);
        RunEnvironment environment = report.Environment;
        Row("began", report.Began.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        Row("command", report.Command);
        Row("subject", report.Subject.Name);
        Row("subject_version", report.Subject.Version);
        Row("subject_bytes", report.Subject.BinaryBytes);
        Row("commit", environment.Commit);
        Row("system", environment.System);
        Row("kernel", environment.Kernel);
        Row("cpu", environment.Cpu);
        Row("cores", environment.Cores);
        Row("memory_bytes", environment.MemoryBytes);
        Row("runtime", environment.Runtime);
        Row("configuration", report.Configuration);
    }

    private static void AppendScenario(StringBuilder text, ScenarioResult scenario, string name)
    {
        void Row(string metric, object? value) => AppendRow(text, name, "", "", metric, value);
        Row("outcome", ReportText.Word(scenario.Outcome));
        Row("problem", scenario.Problem.Length == 0 ? null : scenario.Problem);
        if (scenario.Outcome != Outcome.Skipped) Row("duration_seconds", scenario.Seconds);
        foreach (Threshold threshold in scenario.Thresholds)
        {
            Row($"threshold/{threshold.Name}/value", threshold.Value);
            Row($"threshold/{threshold.Name}/limit", threshold.Limit);
            Row($"threshold/{threshold.Name}/holds", threshold.Holds ? "true" : "false");
        }

        foreach ((string figure, string value) in scenario.Figures) Row($"figure/{figure}", value);
        IReadOnlyList<string> steps = ReportText.Distinct(scenario.Steps.Select(step => step.Name));
        foreach ((StepResult step, string stepName) in scenario.Steps.Zip(steps)) AppendStep(text, name, step, stepName);
        foreach (IntendedShare intended in scenario.Intended)
            foreach (SharePoint point in intended.Points)
                AppendRow(text, name, intended.Step, point.Second.ToString(CultureInfo.InvariantCulture), $"intended/{intended.Version}", point.Share);
    }

    private static void AppendStep(StringBuilder text, string scenario, StepResult step, string name)
    {
        void Row(string metric, object? value) => AppendRow(text, scenario, name, "", metric, value);
        Row("load", ReportText.Simulations(step.Simulations));
        Row("from_second", step.From);
        Row("to_second", step.To);
        Row("requests", step.Ended);
        Row("failed", step.Failed);
        foreach ((string kind, long count) in step.Failures) Row($"failed/{kind}", count);
        foreach ((string version, long count) in step.Versions.Zip(step.ByVersion)) Row($"answers/{version}", count);
        Row("bytes", step.Bytes);
        if (step.Rate > 0) Row("rate_per_second", step.Rate);
        if (step.Latency.Count > 0)
        {
            Row("latency_min_us", step.Latency.Min);
            Row("latency_mean_us", step.Latency.Mean);
            foreach ((string quantile, double share) in Quantiles) Row($"latency_{quantile}_us", step.Latency.Quantile(share));
            Row("latency_max_us", step.Latency.Max);
        }

        Row("lag_p99_us", step.LagP99);
        foreach (SecondSample second in step.LoadedSeconds) AppendSecond(text, scenario, step, name, second);
    }

    private static void AppendSecond(StringBuilder text, string scenario, StepResult step, string name, SecondSample second)
    {
        string at = second.Second.ToString(CultureInfo.InvariantCulture);
        void Row(string metric, object value) => AppendRow(text, scenario, name, at, metric, value);
        Row("succeeded", second.Succeeded);
        Row("failed", second.Failed);
        if (second.Succeeded > 0)
        {
            Row("latency_p50_us", second.P50);
            Row("latency_p99_us", second.P99);
            Row("latency_max_us", second.Max);
        }

        foreach ((string version, long count) in step.Versions.Zip(second.ByVersion)) Row($"answers/{version}", count);
    }

    // What is not known has no row.
    private static void AppendRow(StringBuilder text, string scenario, string step, string second, string metric, object? value)
    {
        if (value is null) return;
        AppendField(text, scenario).Append(',');
        AppendField(text, step).Append(',').Append(second).Append(',');
        AppendField(text, metric).Append(',');
        AppendField(text, Convert.ToString(value, CultureInfo.InvariantCulture)!).Append('\n');
    }

    private static StringBuilder AppendField(StringBuilder text, string field) =>
        field.AsSpan().ContainsAny("\",\r\n") ? text.Append('"').Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"') : text.Append(field);
}
