using FastCanary.LoadTests.Measuring;
using FastCanary.LoadTests.Reports;
using FastCanary.LoadTests.Scenarios;

namespace FastCanary.LoadTests.Tests.Reports;

/// <summary>Results to report on, of known figures.</summary>
internal static class Sample
{
    public static readonly RunEnvironment Environment = new("0123abcd, with changes", "Some Linux, x64", "6.1.0", "A processor", 4, 8L << 30, ".NET 10.0.1");

    public static LoadReport Report(params ScenarioResult[] scenarios) => new(
        new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.FromHours(1)),
        new TestSubject("fastcanary", "fastcanary 9.8.7", 3 << 20),
        "dotnet run --project loadtests -- all --self",
        Environment,
        "listeners:\n  - address: \"127.0.0.1:8080\"\n",
        scenarios);

    public static ScenarioResult Scenario(string name, params StepResult[] steps) => new(
        name, "what it shows", Outcome.Passed, "", steps.Select(step => step.To).DefaultIfEmpty().Max(), steps, [new Threshold("requests that failed", "0 of 9", "none", Holds: true)], [("resident memory", "12.5 MiB")], []);

    public static ScenarioResult Skipped(string name) => new(name, "what it shows", Outcome.Skipped, "needs the admin API (--admin URL)", 0, [], [], [], []);

    public static ScenarioResult BrokenOff(string name) => new(name, "what it shows", Outcome.Failed, "FastCanary does not start:\nline one\nline two", 1.5, [], [], [], []);

    /// <summary>A step without anything: its load never came to a request.</summary>
    public static StepResult Nothing(string name) => new(name, [], ["stable"], new LatencyHistogram(), 0, new Dictionary<string, long>(), [0], 0, 0, []);

    /// <summary>A step from a whole second to another one: 90 requests succeed in each, 10 fail with a reset, the versions have 3 of 4 and 1 of 4.</summary>
    public static StepResult Step(string name, int from, int to) => Step(name, from, to, second => new SecondSample(second, 90, 10, 2000, 8000, 9000, [75, 25]));

    /// <summary>A step whose seconds are made.</summary>
    public static StepResult Step(string name, int from, int to, Func<int, SecondSample> sample)
    {
        SecondSample[] seconds = [.. Enumerable.Range(from, to - from).Select(sample)];
        var latency = new LatencyHistogram();
        foreach (SecondSample second in seconds)
        {
            // 90 of 100 take the median, the others the longest.
            for (long i = 0; i < Math.Min(100, second.Succeeded); i++) latency.Record(i % 10 == 9 ? second.Max : second.P50);
        }

        long failed = seconds.Sum(second => second.Failed);
        return new StepResult(name, [$"inject 100/s for {to - from} s"], ["stable", "canary"], latency, failed, failed == 0 ? new Dictionary<string, long>() : new Dictionary<string, long> { ["reset"] = failed }, [seconds.Sum(second => second.ByVersion[0]), seconds.Sum(second => second.ByVersion[1])], 4096, 321, seconds)
        {
            From = from,
            To = to,
        };
    }
}
