using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Running;

namespace FastCanary.Benchmarks.Tests;

public sealed class BenchmarkSetTests
{
    [Fact]
    public void Every_budget_has_a_benchmark_and_every_benchmark_a_budget()
    {
        string[] names = [.. Cases(ManualConfig.CreateEmpty()).Select(BenchmarkSet.NameOf).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(Budgets.Read().Keys.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void A_filter_is_a_glob_over_full_names()
    {
        Assert.Equal(["SplitPickBenchmarks.Pick"], Cases(ManualConfig.CreateEmpty().AddFilter(new GlobFilter(["*Split*"]))).Select(BenchmarkSet.NameOf));
        Assert.Empty(Cases(ManualConfig.CreateEmpty().AddFilter(new GlobFilter(["Split*"]))));
    }

    [Fact]
    public void Cases_that_differ_in_their_parameters_share_a_name_and_have_keys_of_their_own()
    {
        BenchmarkCase[] cases = BenchmarkConverter.TypeToBenchmarks(typeof(WithParameters), ManualConfig.CreateEmpty()).BenchmarksCases;
        Assert.All(cases, static one => Assert.Equal("WithParameters.Run", BenchmarkSet.NameOf(one)));
        Assert.Equal(["WithParameters.Run(Count=1, Text=a, b)", "WithParameters.Run(Count=2, Text=a, b)"], cases.Select(BenchmarkSet.KeyOf));
    }

    private static IEnumerable<BenchmarkCase> Cases(IConfig config) => BenchmarkSet.Of(config).SelectMany(static info => info.BenchmarksCases);

    public class WithParameters
    {
        [Params(1, 2)]
        public int Count { get; set; }

        [Params("a, b")]
        public string Text { get; set; } = "";

        [Benchmark]
        public int Run() => Count + Text.Length;
    }
}
