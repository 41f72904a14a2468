using System.Globalization;
using BenchmarkDotNet.Configs;
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

    /// <summary>0 when no allocation budget is exceeded, else 1.</summary>
    internal static int Run()
    {
        Dictionary<string, Budget> budgets = Budgets.Read();
        ManualConfig config = InProcess.Quiet(Job.ShortRun.WithIterationTime(IterationTime));
        Summary[] summaries = BenchmarkRunner.Run(typeof(BudgetGate).Assembly, config);
        int passed = 0, failed = 0;
        Console.WriteLine($"{"benchmark",-44} {"bytes",8} {"budget",8} {"ns",10} {"budget",8}");
        foreach (BenchmarkReport report in summaries.SelectMany(summary => summary.Reports))
        {
            string name = BenchmarkSet.NameOf(report.BenchmarkCase);
            bool isWithin = budgets.Remove(name, out Budget? budget) & Judge(name, report, budget);
            if (isWithin) passed++;
            else failed++;
        }

        foreach (string name in budgets.Keys) Console.WriteLine($"{name,-44} has a budget and no benchmark");
        failed += budgets.Count;
        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private static bool Judge(string name, BenchmarkReport report, Budget? budget)
    {
        long? bytes = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase);
        double? ns = report.ResultStatistics?.Median;
        bool isWithin = bytes is not null && ns is not null && budget is not null && bytes <= budget.AllocatedBytes;
        string time = ns?.ToString("F1", CultureInfo.InvariantCulture) ?? "failed";
        string remark = isWithin ? ns > budget!.Nanoseconds ? "  slower than budgeted" : "" : budget is null ? "  FAILED: no budget" : "  FAILED";
        Console.WriteLine($"{name,-44} {bytes,8} {budget?.AllocatedBytes,8} {time,10} {budget?.Nanoseconds,8}{remark}");
        return isWithin;
    }
}
