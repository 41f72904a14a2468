using System.Text.Json;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Perfolizer.Horology;

namespace FastCanary.Benchmarks.Reports;

/// <summary>
/// Every benchmark once. A round has a process of its own: where code and data lie in memory in one process moves short times by more than the iterations
/// within it tell.
/// </summary>
internal static class Round
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The round's process: runs by the settings (JSON) and prints a <see cref="RoundResult"/> as JSON.</summary>
    internal static int Run(string settingsJson)
    {
        RoundSettings settings = JsonSerializer.Deserialize<RoundSettings>(settingsJson, Json) ?? throw new InvalidDataException("A round's settings are empty.");
        var others = new OtherLoad();
        Summary[] summaries = BenchmarkRunner.Run(BenchmarkSet.Of(Config(settings)));
        RoundMeasurement[] measurements = [.. summaries.SelectMany(static summary => summary.Reports).Select(Measurement)];
        Console.Out.WriteLine(JsonSerializer.Serialize(new RoundResult(measurements, others.Cores()), Json));
        return 0;
    }

    internal static ManualConfig Config(RoundSettings settings)
    {
        Job job = Job.Default.WithLaunchCount(1).WithWarmupCount(settings.Warmups).WithIterationCount(settings.Iterations)
            .WithIterationTime(TimeInterval.FromMilliseconds(settings.IterationMs));
        ManualConfig config = InProcess.Quiet(job);
        return settings.Filter is null ? config : config.AddFilter(new GlobFilter([settings.Filter]));
    }

    private static RoundMeasurement Measurement(BenchmarkReport report)
    {
        BenchmarkCase benchmark = report.BenchmarkCase;
        double[] nanoseconds = report.Success && report.ResultStatistics is { } statistics ? [.. statistics.OriginalValues] : [];
        long operations = report.GetResultRuns().Sum(static run => run.Operations);
        long allocated = report.GcStats.GetBytesAllocatedPerOperation(benchmark) ?? 0;
        return new RoundMeasurement(BenchmarkSet.NameOf(benchmark), BenchmarkSet.ParametersOf(benchmark), nanoseconds, operations, allocated);
    }
}
