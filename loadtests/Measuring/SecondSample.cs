namespace FastCanary.LoadTests.Measuring;

/// <summary>What one second saw of a step.</summary>
/// <param name="Second">The whole seconds since the scenario's begin.</param>
/// <param name="Succeeded">Requests whose answer was as expected, and came in this second.</param>
/// <param name="Failed">Those of which it was not.</param>
/// <param name="P50">Median latency of those that succeeded, in microseconds.</param>
/// <param name="P99">In microseconds.</param>
/// <param name="Max">In microseconds.</param>
/// <param name="ByVersion">Answers of each version, by its number; failed ones too.</param>
internal sealed record SecondSample(int Second, long Succeeded, long Failed, long P50, long P99, long Max, IReadOnlyList<long> ByVersion)
{
    public long Ended => Succeeded + Failed;
}
