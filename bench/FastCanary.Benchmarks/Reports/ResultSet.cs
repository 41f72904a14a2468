namespace FastCanary.Benchmarks.Reports;

/// <summary>One run of the benchmarks.</summary>
/// <param name="Circumstances">When, on what and how.</param>
/// <param name="Figures">One for each benchmark, in the order of the run.</param>
internal sealed record ResultSet(Circumstances Circumstances, IReadOnlyList<BenchmarkFigures> Figures);
