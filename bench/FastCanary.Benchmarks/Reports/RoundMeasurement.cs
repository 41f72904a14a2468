namespace FastCanary.Benchmarks.Reports;

/// <summary>What one round found about one benchmark.</summary>
/// <param name="Name"><see cref="BenchmarkSet.NameOf"/>.</param>
/// <param name="Parameters"><see cref="BenchmarkSet.ParametersOf"/>.</param>
/// <param name="Nanoseconds">
/// Per operation, of each iteration; without what BenchmarkDotNet takes for upper outliers, and less its measured overhead. Empty where the benchmark failed.
/// </param>
/// <param name="Operations">How often it ran in these iterations.</param>
/// <param name="AllocatedBytes">Managed bytes per operation.</param>
internal sealed record RoundMeasurement(string Name, string Parameters, double[] Nanoseconds, long Operations, long AllocatedBytes)
{
    /// <summary><see cref="BenchmarkSet.KeyOf(string, string)"/>.</summary>
    internal string Key => BenchmarkSet.KeyOf(Name, Parameters);
}
