namespace FastCanary.Benchmarks.Reports;

/// <summary>A result beside the last one.</summary>
internal sealed class Comparison
{
    /// <param name="now">This result; with a filter, a part of the benchmarks.</param>
    /// <param name="before">The last one; null where there is none.</param>
    /// <param name="known">Keys of all benchmarks that there are: what is not measured now has not vanished for that.</param>
    internal Comparison(ResultSet now, ResultSet? before, IReadOnlySet<string> known)
    {
        (Now, Before) = (now, before);
        Dictionary<string, BenchmarkFigures> earlier = before?.Figures.ToDictionary(static figures => figures.Key, StringComparer.Ordinal) ?? [];
        IsBusy = now.Circumstances.IsBusy || before is { Circumstances.IsBusy: true };
        Changes = [.. now.Figures.Select(figures => new Change(figures, earlier.GetValueOrDefault(figures.Key), IsBusy))];
        Vanished = [.. earlier.Keys.Where(key => !known.Contains(key))];
        Differences = before is null ? [] : [.. now.Circumstances.DifferencesFrom(before.Circumstances)];
    }

    internal ResultSet Now { get; }

    internal ResultSet? Before { get; }

    /// <summary>Whether the machine was busy during either result.</summary>
    internal bool IsBusy { get; }

    /// <summary>One for each benchmark of this result, in its order.</summary>
    internal IReadOnlyList<Change> Changes { get; }

    /// <summary>Keys of the last result that no benchmark has any more.</summary>
    internal IReadOnlyList<string> Vanished { get; }

    /// <summary>What differs between the circumstances of both results.</summary>
    internal IReadOnlyList<(string Name, string Before, string Now)> Differences { get; }

    /// <summary>Median of the changes of all benchmarks that both results have, as a part; null without any.</summary>
    internal double? MedianFraction
    {
        get
        {
            double[] fractions = [.. Changes.Select(static change => change.Fraction).OfType<double>().Order()];
            return fractions.Length == 0 ? null : (fractions[(fractions.Length - 1) / 2] + fractions[fractions.Length / 2]) / 2;
        }
    }

    internal IReadOnlyList<Change> Of(TimeChange time) => [.. Changes.Where(change => change.Time == time)];
}
