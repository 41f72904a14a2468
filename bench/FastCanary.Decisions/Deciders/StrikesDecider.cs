using FastCanary.Decisions.Streams;

namespace FastCanary.Decisions.Deciders;

/// <summary>
/// A fixed threshold: once a minute, the success rate of the canary's requests of that minute must be at least 99 %; the release is aborted when it was not as often as there are strikes.
/// Failed checks add up and are not forgotten. So do Flagger (<c>request-success-rate</c>, <c>thresholdRange: min: 99</c>, <c>interval: 1m</c>, <c>threshold: STRIKES</c>) and Argo Rollouts
/// (<c>successCondition: result >= 0.99</c>, <c>interval: 1m</c>, <c>failureLimit: STRIKES - 1</c>). A minute without a request is no check.
/// </summary>
internal sealed class StrikesDecider(int strikes) : Decider
{
    private const double SuccessMin = 0.99;

    private int _struck;

    public override string Name => strikes == 1 ? "99 %, 1 strike" : $"99 %, {strikes} strikes";

    public override bool Observe(Look look)
    {
        if (look.Canary.Requests > 0 && look.Canary.Requests - look.Canary.Failures < SuccessMin * look.Canary.Requests)
            _struck++;
        return _struck >= strikes;
    }
}
