using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Perfolizer.Horology;

namespace FastCanary.Benchmarks;

/// <summary>Runs every benchmark briefly and holds its allocation against its budget. A benchmark without a budget fails, and so does a budget without a benchmark.</summary>
internal static class BudgetGate
{
    // What is held is allocation, which every call shows; times are a remark.
    private static readonly TimeInterval IterationTime = TimeInterval.FromMilliseconds(100);

    // BenchmarkDotNet counts what the whole process allocates, and its runtime and the benchmarks' host allocate some KiB now and then. Over the few thousand
    // operations that a slow benchmark has time for this comes to some bytes each; over as many as here, to none.
    private const int OperationsAgain = 1 << 16;

    /// <summary>0 when no allocation budget is exceeded, else 1.</summary>
    internal static int Run()
    {
        Dictionary<string, Budget> budgets = Budgets.Read();
        List<BudgetResult> results = Measure(InProcess.Quiet(Job.ShortRun.WithIterationTime(IterationTime)), budgets);
        HashSet<string> exceeding = results.Where(static result => result.ExceedsAllocation).Select(static result => result.Name).ToHashSet(StringComparer.Ordinal);
        if (exceeding.Count > 0)
        {
            ManualConfig config = InProcess.Quiet(Job.ShortRun.WithWarmupCount(1).WithIterationCount(1).WithInvocationCount(OperationsAgain));
            config.AddFilter(new SimpleFilter(benchmark => exceeding.Contains(BenchmarkSet.NameOf(benchmark))));
            ILookup<string, BudgetResult> again = Measure(config, budgets).ToLookup(static result => result.Name, StringComparer.Ordinal);
            results = [.. results.Select(result => exceeding.Contains(result.Name) ? result.Again(again[result.Name]) : result)];
        }

        return Tell(results, budgets.Keys.Except(results.Select(static result => result.Name), StringComparer.Ordinal));
    }

    private static List<BudgetResult> Measure(ManualConfig config, Dictionary<string, Budget> budgets)
    {
        Summary[] summaries = BenchmarkRunner.Run(BenchmarkSet.Of(config));
        return [.. summaries.SelectMany(static summary => summary.Reports).Select(report => Result(report, budgets))];
    }

    private static BudgetResult Result(BenchmarkReport report, Dictionary<string, Budget> budgets)
    {
        string name = BenchmarkSet.NameOf(report.BenchmarkCase);
        return new BudgetResult(
            name, report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase), report.ResultStatistics?.Median, budgets.GetValueOrDefault(name));
    }

    private static int Tell(List<BudgetResult> results, IEnumerable<string> withoutBenchmark)
    {
        Console.WriteLine($"{"benchmark",-44} {"bytes",8} {"budget",8} {"ns",10} {"budget",8}");
        foreach (BudgetResult result in results)
        {
            string time = result.Nanoseconds?.ToString("F1", CultureInfo.InvariantCulture) ?? "failed";
            string remark = result.Failure is { } failure ? "  FAILED: " + failure : result.Nanoseconds > result.Budget?.Nanoseconds ? "  slower than budgeted" : "";
            Console.WriteLine($"{result.Name,-44} {result.AllocatedBytes,8} {result.Budget?.AllocatedBytes,8} {time,10} {result.Budget?.Nanoseconds,8}{remark}");
        }

        string[] failures =
        [
            .. results.Where(static result => result.Failure is not null).Select(static result => $"{result.Name}: {result.Failure}"),
            .. withoutBenchmark.Select(static name => $"{name}: has a budget and no benchmark"),
        ];
        Console.WriteLine($"{results.Count(static result => result.Failure is null)} passed, {failures.Length} failed");
        foreach (string failure in failures) Console.WriteLine("FAILED: " + failure);
        return failures.Length == 0 ? 0 : 1;
    }
}
