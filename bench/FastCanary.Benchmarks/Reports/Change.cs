namespace FastCanary.Benchmarks.Reports;

/// <summary>A benchmark beside itself in the last result.</summary>
/// <param name="Now">In this result.</param>
/// <param name="Before">In the last one; null where that does not have it.</param>
/// <param name="IsBusy">Whether the machine was busy during either (<see cref="Circumstances.IsBusy"/>).</param>
internal sealed record Change(BenchmarkFigures Now, BenchmarkFigures? Before, bool IsBusy)
{
    /// <summary>A smaller part of the time is no change, however little noise there was: where code and data lie in memory differs between two builds.</summary>
    internal const double LeastFraction = 0.05;

    /// <summary>The faster half of fewer rounds is too few to show their noise.</summary>
    internal const int LeastRounds = 5;

    /// <summary>Of the fastest round, as a part of the last one's; null without a last one, or where that was 0.</summary>
    internal double? Fraction => Before is { FastestNs: > 0 } ? Now.FastestNs / Before.FastestNs - 1 : null;

    /// <summary>
    /// Slower or faster only where the fastest rounds differ by more than <see cref="LeastFraction"/> and the faster halves of both results' rounds, from the
    /// fastest to the median one, do not overlap. The slower halves tell what else the machine did; where that was much, all rounds count, since none may have had
    /// a core to itself.
    /// </summary>
    internal TimeChange Time => Before switch
    {
        null => TimeChange.New,
        _ when Math.Min(Now.Rounds, Before.Rounds) < LeastRounds => TimeChange.WithinNoise,
        _ when Now.FastestNs > NoiseEnd(Before) && Now.FastestNs > Before.FastestNs * (1 + LeastFraction) => TimeChange.Slower,
        _ when NoiseEnd(Now) < Before.FastestNs && Now.FastestNs < Before.FastestNs * (1 - LeastFraction) => TimeChange.Faster,
        _ => TimeChange.WithinNoise,
    };

    /// <summary>Bytes are counted, not measured: another number is another behaviour.</summary>
    internal bool IsAllocationChanged => Before is not null && Before.AllocatedBytes != Now.AllocatedBytes;

    private double NoiseEnd(BenchmarkFigures figures) => IsBusy ? figures.SlowestNs : figures.MedianNs;
}
