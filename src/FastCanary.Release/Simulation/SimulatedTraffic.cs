using System.Collections.Immutable;

namespace FastCanary.Release;

/// <summary>Draws what is seen of a service at each look. Requests are split as the proxy does: exactly.</summary>
internal sealed class SimulatedTraffic
{
    private readonly SimulationInput _input;
    private readonly double[] _baselineSlow;
    private readonly double[] _canarySlow;
    private readonly SimulatedRandom _random;
    private readonly double _baselineP99;
    private double _carried;

    public SimulatedTraffic(SimulationInput input, RolloutPlan plan, SimulatedRandom random)
    {
        _input = input;
        _random = random;
        _baselineP99 = input.LatencyMedian.TotalSeconds * Math.Exp(input.LatencySpread * NormalDistribution.Quantile(0.99));
        ImmutableArray<double> quantiles = plan.Analysis.Latency?.Quantiles ?? [];
        _baselineSlow = new double[quantiles.Length];
        _canarySlow = new double[quantiles.Length];
        for (int i = 0; i < quantiles.Length; i++)
        {
            double baseline = input.LatencyMedian.TotalMicroseconds * Math.Exp(input.LatencySpread * NormalDistribution.Quantile(quantiles[i]));
            double threshold = plan.Analysis.Latency!.CanaryThreshold((long)baseline);
            _baselineSlow[i] = 1 - quantiles[i];
            _canarySlow[i] = NormalDistribution.Above(Math.Log(threshold / (input.LatencyMedian.TotalMicroseconds * input.CanarySlowness)) / input.LatencySpread);
        }
    }

    public Observation Next(DateTimeOffset at, int canaryBasisPoints)
    {
        long requests = _random.NextPoisson(_input.RequestsPerSecond * _input.Look.TotalSeconds);
        _carried += requests * Share.Of(canaryBasisPoints);
        long canary = Math.Min(requests, (long)_carried);
        _carried -= canary;
        return new Observation
        {
            At = at,
            Counts = [new ShareCounts(canaryBasisPoints, Draw(requests - canary, _input.BaselineErrorRate, _baselineSlow), Draw(canary, _input.CanaryErrorRate, _canarySlow))],
            BaselineP99 = _baselineP99,
            CanaryP99 = _baselineP99 * _input.CanarySlowness,
        };
    }

    private VersionCounts Draw(long requests, double errorRate, double[] slow)
    {
        if (requests == 0)
            return default;
        long failures = _random.NextBinomial(requests, errorRate);
        // Who exceeds a higher quantile exceeds the lower ones too.
        long slow0 = Slow(requests - failures, 0);
        long slow1 = Slow(slow0, 1);
        long slow2 = Slow(slow1, 2);
        return new VersionCounts { Requests = requests, Failures = failures, FirstFailures = failures, Slow0 = slow0, Slow1 = slow1, Slow2 = slow2 };

        long Slow(long among, int quantile)
        {
            if (among == 0 || quantile >= slow.Length)
                return 0;
            double given = quantile == 0 ? slow[0] : Math.Min(1, slow[quantile] / Math.Max(slow[quantile - 1], 1e-300));
            return _random.NextBinomial(among, given);
        }
    }
}
