using System.Collections.Concurrent;
using FastCanary.Release;

namespace FastCanary.Decisions.Streams;

/// <summary>Draws one run's traffic, look by look.</summary>
internal abstract class TrafficStream(Cell cell, SimulatedRandom random)
{
    // Of the means that do not change.
    private static readonly ConcurrentDictionary<double, PoissonTable> Tables = [];

    private readonly PoissonTable _steady = Tables.GetOrAdd(cell.RequestsPerSecond * cell.LookSeconds, static mean => new PoissonTable(mean));
    private readonly Look _look = new();
    private ExactSplit? _split;
    private long _position = (long)(random.NextDouble() * Share.All);

    protected Cell Cell { get; } = cell;

    protected SimulatedRandom Random { get; } = random;

    public static TrafficStream Of(Cell cell, SimulatedRandom random) => cell.Traffic switch
    {
        TrafficKind.Users => new UserStream(cell, random),
        TrafficKind.Latency or TrafficKind.SlowSpells => new LatencyStream(cell, random),
        _ => new RequestStream(cell, random),
    };

    /// <summary>The next look; valid until the one after.</summary>
    public Look Next(int canaryBasisPoints)
    {
        _look.Clear();
        _look.Second += Cell.LookSeconds;
        _look.CanaryBasisPoints = canaryBasisPoints;
        Draw(_look);
        return _look;
    }

    protected abstract void Draw(Look look);

    /// <summary>How many requests arrive in a look at the cell's rate: a Poisson number.</summary>
    protected long Arrivals() => _steady.Next(Random);

    /// <summary>How many of the next requests go to the canary, exactly as the proxy splits them.</summary>
    protected long Split(int canaryBasisPoints, long requests)
    {
        if (canaryBasisPoints is 0 or Share.All)
            return canaryBasisPoints == 0 ? 0 : requests;
        if (_split?.CanaryBasisPoints != canaryBasisPoints)
            _split = ExactSplit.Of(canaryBasisPoints);
        return _split.Take(ref _position, requests);
    }
}
