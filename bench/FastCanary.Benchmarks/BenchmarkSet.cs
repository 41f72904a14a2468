using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

namespace FastCanary.Benchmarks;

/// <summary>The benchmarks of this program.</summary>
internal static class BenchmarkSet
{
    /// <summary>Those that the filters of the configuration let through, by the names of their classes.</summary>
    internal static BenchmarkRunInfo[] Of(IConfig config) =>
        [.. typeof(BenchmarkSet).Assembly.GetTypes()
            .Where(static type => type.GetMethods().Any(static method => method.IsDefined(typeof(BenchmarkAttribute), inherit: true)))
            .OrderBy(static type => type.Name, StringComparer.Ordinal)
            .Select(type => BenchmarkConverter.TypeToBenchmarks(type, config))
            .Where(static info => info.BenchmarksCases.Length > 0)];

    /// <summary><c>Class.Method</c>, as budgets name it. Cases that differ in their parameters share it.</summary>
    internal static string NameOf(BenchmarkCase benchmark) => benchmark.Descriptor.Type.Name + "." + benchmark.Descriptor.WorkloadMethod.Name;

    /// <summary><c>Name=value</c> with commas; empty where there are none.</summary>
    internal static string ParametersOf(BenchmarkCase benchmark) =>
        string.Join(", ", benchmark.Parameters.Items.Select(static item => item.Name + "=" + item.ToDisplayText().ReplaceLineEndings(" ")));

    /// <summary>What tells a case from all others: its name, with its parameters where it has some.</summary>
    internal static string KeyOf(string name, string parameters) => parameters.Length == 0 ? name : $"{name}({parameters})";

    internal static string KeyOf(BenchmarkCase benchmark) => KeyOf(NameOf(benchmark), ParametersOf(benchmark));
}
