namespace FastCanary.Benchmarks.Reports;

/// <summary>How one round measures.</summary>
/// <param name="IterationMs">Length of an iteration in milliseconds; one gives one figure.</param>
/// <param name="Warmups">Iterations before those that count.</param>
/// <param name="Iterations">Iterations that count.</param>
/// <param name="Filter">BenchmarkDotNet's glob over full names; null for all.</param>
internal sealed record RoundSettings(int IterationMs, int Warmups, int Iterations, string? Filter);
