using FastCanary.Decisions.Streams;

namespace FastCanary.Decisions.Deciders;

/// <summary>
/// A z-test at every look: once a minute, the pooled two-proportion test of all requests so far, one-sided at 1 %, as if that look were the only one
/// (Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, chapter 3; without continuity correction).
/// </summary>
internal sealed class ProportionDecider : Decider
{
    private Counts _baseline;
    private Counts _canary;

    public override string Name => "z-test, each minute";

    public override bool Observe(Look look)
    {
        _baseline.Add(look.Baseline);
        _canary.Add(look.Canary);
        if (_canary.Requests == 0 || _baseline.Requests == 0)
            return false;
        double pooled = (_baseline.Failures + _canary.Failures) / (double)(_baseline.Requests + _canary.Requests);
        double deviation = Math.Sqrt(pooled * (1 - pooled) * ((1.0 / _baseline.Requests) + (1.0 / _canary.Requests)));
        double difference = (_canary.Failures / (double)_canary.Requests) - (_baseline.Failures / (double)_baseline.Requests);
        return deviation > 0 && difference / deviation > Normal.Quantile99;
    }
}
