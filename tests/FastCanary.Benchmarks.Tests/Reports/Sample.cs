using FastCanary.Benchmarks.Reports;

namespace FastCanary.Benchmarks.Tests.Reports;

/// <summary>Results to compare.</summary>
internal static class Sample
{
    public static readonly Circumstances Circumstances = new(
        "2026-11-22 10:00", "0123456789ab", ".NET 10.0.1 x64", "Linux, 6.1", "One CPU", "2", "0.14.0", "9 rounds", "0.0, 0.1");

    /// <summary>A median round between fastest and slowest ones that are equally far from it.</summary>
    public static BenchmarkFigures Figures(string name, double fastestNs, double medianNs, long allocatedBytes = 0, string parameters = "", long rounds = 9) =>
        new(name, parameters, fastestNs, medianNs, 2 * medianNs - fastestNs, medianNs, 1, 2, rounds, rounds * 5, 1000, allocatedBytes);

    public static ResultSet Result(params BenchmarkFigures[] figures) => new(Circumstances, figures);

    /// <summary>A comparison in which the benchmarks of <paramref name="now"/> are all that there are.</summary>
    public static Comparison Compare(ResultSet now, ResultSet? before) =>
        new(now, before, now.Figures.Select(static figures => figures.Key).ToHashSet(StringComparer.Ordinal));
}
