using FastCanary.Release;

namespace FastCanary.Decisions.Streams;

/// <summary>Requests that are split one by one; constant, diurnal, or with outages of something that both versions need.</summary>
internal sealed class RequestStream : TrafficStream
{
    private const double DaySeconds = 24 * 3600;
    private const double Swing = 0.8;
    private const double SecondsBetweenOutages = 20 * 60;
    private const double OutageSeconds = 2 * 60;
    private const double OutageRateMin = 0.05;
    private const double OutageRateMax = 0.8;

    private readonly FailureStream _baseline;
    private readonly FailureStream _canary;
    private readonly double _loadPhase;
    private readonly double _errorPhase;
    private double _outageRate;
    private double _outageChangesAt;

    public RequestStream(Cell cell, SimulatedRandom random)
        : base(cell, random)
    {
        _baseline = new FailureStream(random);
        _canary = new FailureStream(random);
        _loadPhase = random.NextDouble();
        // Errors follow the load by up to a quarter of a day.
        _errorPhase = _loadPhase - (random.NextDouble() / 4);
        _outageChangesAt = Exponential(SecondsBetweenOutages);
    }

    protected override void Draw(Look look)
    {
        double errorRate = Cell.ErrorRate;
        long requests;
        if (Cell.Traffic == TrafficKind.Diurnal)
        {
            requests = Varying(Cell.RequestsPerSecond * Cell.LookSeconds * (1 + (Swing * Wave(look.Second, _loadPhase))));
            errorRate *= 1 + (Swing * Wave(look.Second, _errorPhase));
        }
        else
        {
            requests = Arrivals();
            while (Cell.Traffic == TrafficKind.Outages && _outageChangesAt < look.Second)
            {
                bool begins = _outageRate <= 0;
                _outageRate = begins ? OutageRateMin + (Random.NextDouble() * (OutageRateMax - OutageRateMin)) : 0;
                _outageChangesAt += Exponential(begins ? OutageSeconds : SecondsBetweenOutages);
            }
        }

        long canary = Split(look.CanaryBasisPoints, requests);
        Count(ref look.Baseline, _baseline, requests - canary, errorRate);
        Count(ref look.Canary, _canary, canary, Math.Min(1, errorRate * Cell.Ratio));
    }

    private static double Wave(int second, double phase) => Math.Sin(2 * Math.PI * ((second / DaySeconds) + phase));

    // How many there are decides nothing: the normal distribution is near enough.
    private long Varying(double mean) => (long)Math.Max(0, Math.Round(mean + (Math.Sqrt(mean) * Random.NextNormal())));

    private void Count(ref Counts counts, FailureStream stream, long requests, double errorRate)
    {
        counts.Requests = requests;
        counts.Failures = counts.FirstFailures = stream.Draw(requests, 1 - ((1 - _outageRate) * (1 - errorRate)));
    }

    private double Exponential(double mean) => -mean * Math.Log(1 - Random.NextDouble());
}
