using FastCanary.Decisions.Streams;
using FastCanary.Release;

namespace FastCanary.Decisions.Deciders;

/// <summary>FastCanary's test of errors on requests where users stay on a version: what counting each user's first failure alone is for.</summary>
internal sealed class RequestLabelDecider : Decider
{
    // Half of the 1 % is the errors' part.
    private static readonly double AbortAt = -Math.Log(0.005);

    private readonly LabelTest _test = new(LabelHypotheses.Worse);

    public override string Name => "FastCanary's test on requests";

    public override bool IsByMinute => false;

    public override bool Observe(Look look)
    {
        _test.Add(look.CanaryBasisPoints, look.Canary.Failures, look.Baseline.Failures);
        return _test.Reaches(AbortAt);
    }
}
