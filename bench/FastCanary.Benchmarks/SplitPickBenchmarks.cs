using BenchmarkDotNet.Attributes;
using FastCanary.Traffic;

namespace FastCanary.Benchmarks;

/// <summary>One request's choice of a version: a position from the shared counter, and its place in a table of 100 picks.</summary>
[MemoryDiagnoser]
public class SplitPickBenchmarks
{
    private readonly SplitCounter _counter = new();
    private readonly SplitTable _table = SplitTable.Compile([95, 4, 1]);

    [Benchmark]
    public int Pick() => _table.Pick(_counter.Next());
}
