using FastCanary.Release;

namespace FastCanary.Decisions.Streams;

/// <summary>
/// Which of a version's requests fail, each independently. The distance to the next failure is drawn, not each request: exact, and a look without failures costs next to nothing.
/// </summary>
internal sealed class FailureStream(SimulatedRandom random)
{
    // From this many failures on they are drawn at once.
    private const double AtOnceMin = 30;

    private double _rate = -1;
    private double _untilNext;

    /// <summary>How many of the next <paramref name="requests"/> fail.</summary>
    public long Draw(long requests, double rate)
    {
        if (requests * rate >= AtOnceMin)
            return random.NextBinomial(requests, rate);
        if (!rate.Equals(_rate))
        {
            // Distances know no past: at another rate the next one is drawn anew.
            _rate = rate;
            _untilNext = Distance();
        }

        long failures = 0;
        double rest = requests;
        for (; _untilNext <= rest; failures++)
        {
            rest -= _untilNext;
            _untilNext = Distance();
        }

        _untilNext -= rest;
        return failures;
    }

    // Geometric: 1 where the very next request fails.
    private double Distance() => _rate switch
    {
        <= 0 => double.PositiveInfinity,
        >= 1 => 1,
        _ => Math.Floor(Math.Log(1 - random.NextDouble()) / Math.Log(1 - _rate)) + 1,
    };
}
