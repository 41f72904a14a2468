using BenchmarkDotNet.Mathematics;
using Perfolizer.Mathematics.Common;

namespace FastCanary.Benchmarks.Reports;

/// <summary>One benchmark in one result. Times are nanoseconds per operation.</summary>
/// <param name="Name"><see cref="BenchmarkSet.NameOf"/>.</param>
/// <param name="Parameters"><see cref="BenchmarkSet.ParametersOf"/>.</param>
/// <param name="FastestNs">Median of the fastest round: what is compared, since other load only ever makes a round slower.</param>
/// <param name="MedianNs">Median of the rounds' medians.</param>
/// <param name="SlowestNs">Median of the slowest round.</param>
/// <param name="MeanNs">Mean of all iterations of all rounds.</param>
/// <param name="ErrorNs">Half of that mean's 99.9 % confidence interval.</param>
/// <param name="StdDevNs">Standard deviation of the iterations.</param>
/// <param name="Rounds">How many rounds there were.</param>
/// <param name="Iterations">How many iterations counted, in all rounds.</param>
/// <param name="Operations">How many operations these were.</param>
/// <param name="AllocatedBytes">Managed bytes per operation; the least of any round, since what other threads of a round's process allocate is counted too.</param>
internal sealed record BenchmarkFigures(
    string Name,
    string Parameters,
    double FastestNs,
    double MedianNs,
    double SlowestNs,
    double MeanNs,
    double ErrorNs,
    double StdDevNs,
    long Rounds,
    long Iterations,
    long Operations,
    long AllocatedBytes)
{
    /// <summary><see cref="BenchmarkSet.KeyOf(string, string)"/>.</summary>
    internal string Key => BenchmarkSet.KeyOf(Name, Parameters);

    /// <param name="rounds">The same benchmark in each round; none is empty, and there are two iterations or more.</param>
    internal static BenchmarkFigures Pool(IReadOnlyCollection<RoundMeasurement> rounds)
    {
        RoundMeasurement first = rounds.First();
        var all = new Statistics(rounds.SelectMany(static round => round.Nanoseconds));
        var medians = new Statistics(rounds.Select(static round => new Statistics(round.Nanoseconds).Median));
        return new BenchmarkFigures(
            first.Name,
            first.Parameters,
            medians.Min,
            medians.Median,
            medians.Max,
            all.Mean,
            all.GetConfidenceInterval(ConfidenceLevel.L999).Margin,
            all.StandardDeviation,
            rounds.Count,
            all.N,
            rounds.Sum(static round => round.Operations),
            rounds.Min(static round => round.AllocatedBytes));
    }
}
