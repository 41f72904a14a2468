using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Reports;

/// <summary>The tables of a report, as plain text: Markdown and HTML differ in their marks alone.</summary>
internal static class ReportContent
{
    private static readonly string[] SummaryNames = ["Scenario", "Outcome", "Duration", "Requests", "Failed", "Requests/s", "p50, ms", "p99, ms", "Thresholds"];
    private static readonly string[] StepNames = ["Step", "Load", "Requests", "Failed", "Requests/s", "p50", "p90", "p99", "p99.9", "max", "Answers", "Own lag, p99"];

    /// <summary>What was run on what; a name and a value each.</summary>
    public static IReadOnlyList<(string Name, string Value)> Facts(LoadReport report)
    {
        RunEnvironment environment = report.Environment;
        TestSubject subject = report.Subject;
        List<(string, string)> facts =
        [
            ("Began", ReportText.Moment(report.Began)),
            ("Command", report.Command),
            ("Loaded", subject.Name),
        ];
        if (subject.Version is not null) facts.Add(("Version", subject.Version));
        if (subject.BinaryBytes is { } bytes) facts.Add(("Binary", ReportText.Mebibytes(bytes)));
        facts.AddRange(
        [
            ("Commit", environment.Commit),
            ("System", environment.System),
            ("Kernel", environment.Kernel),
            ("Processor", $"{environment.Cpu}, {environment.Cores} {(environment.Cores == 1 ? "core" : "cores")}"),
            ("Memory", ReportText.Mebibytes(environment.MemoryBytes)),
            ("Runtime", environment.Runtime),
        ]);
        return facts;
    }

    /// <summary>A row for each scenario, in their order.</summary>
    public static ReportTable Summary(LoadReport report)
    {
        IReadOnlyList<string> names = ReportText.Distinct(report.Scenarios.Select(scenario => scenario.Name));
        return new ReportTable("Scenarios", SummaryNames, Figures: [2, 3, 4, 5, 6, 7], [.. report.Scenarios.Zip(names, SummaryRow)]);
    }

    public static ReportTable Thresholds(ScenarioResult scenario) => new(
        "Thresholds", ["Threshold", "Outcome", "Seen", "Limit"], Figures: [], [.. scenario.Thresholds.Select(threshold => (string[])[threshold.Name, threshold.Holds ? "ok" : "FAILED", threshold.Value, threshold.Limit])]);

    public static ReportTable Steps(ScenarioResult scenario)
    {
        IReadOnlyList<string> names = ReportText.Distinct(scenario.Steps.Select(step => step.Name));
        return new ReportTable("Steps, latency in ms", StepNames, Figures: [2, 4, 5, 6, 7, 8, 9, 11], [.. scenario.Steps.Zip(names, StepRow)]);
    }

    public static ReportTable Figures(ScenarioResult scenario) =>
        new("Figures", ["Figure", "Value"], Figures: [1], [.. scenario.Figures.Select(figure => (string[])[figure.Name, figure.Value])]);

    private static string[] SummaryRow(ScenarioResult scenario, string name)
    {
        if (scenario.Outcome == Outcome.Skipped) return [name, ReportText.Word(scenario.Outcome), "", "", "", "", "", "", ""];
        var latency = new LatencyHistogram();
        foreach (StepResult step in scenario.Steps) latency.Add(step.Latency);
        long ended = scenario.Steps.Sum(step => step.Ended);
        StepResult[] active = [.. scenario.Steps.Where(step => step.Ended > 0)];
        double seconds = active.Length == 0 ? 0 : active.Max(step => step.To) - active.Min(step => step.From);
        string[] broken = [.. scenario.Thresholds.Where(threshold => !threshold.Holds).Select(threshold => threshold.Name)];
        string thresholds = broken.Length == 0 ? $"{scenario.Thresholds.Count} ok" : $"{broken.Length} of {scenario.Thresholds.Count} FAILED: {string.Join("; ", broken)}";
        return
        [
            name,
            scenario.Outcome == Outcome.Failed ? "FAILED" : ReportText.Word(scenario.Outcome),
            ReportText.Seconds(scenario.Seconds),
            ReportText.Count(ended),
            ReportText.Count(scenario.Steps.Sum(step => step.Failed)),
            seconds > 0 ? ReportText.Rate(ended / seconds) : "",
            Latency(latency, 0.5),
            Latency(latency, 0.99),
            scenario.Thresholds.Count == 0 ? "none reached" : thresholds,
        ];
    }

    private static string[] StepRow(StepResult step, string name) =>
    [
        name,
        ReportText.Simulations(step.Simulations),
        ReportText.Count(step.Ended),
        ReportText.Failures(step.Failed, step.Failures),
        step.Rate > 0 ? ReportText.Rate(step.Rate) : "",
        Latency(step.Latency, 0.5),
        Latency(step.Latency, 0.9),
        Latency(step.Latency, 0.99),
        Latency(step.Latency, 0.999),
        Latency(step.Latency, 1),
        ReportText.Answers(step.Versions, step.ByVersion),
        step.Ended == 0 ? "" : ReportText.Millis(step.LagP99),
    ];

    // A request that did not succeed has no latency, and none is not 0.
    private static string Latency(LatencyHistogram latency, double share) => latency.Count == 0 ? "" : ReportText.Millis(share == 1 ? latency.Max : latency.Quantile(share));
}
