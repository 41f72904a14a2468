using FastCanary.Decisions.Streams;

namespace FastCanary.Decisions.Deciders;

/// <summary>
/// A fixed threshold for latency: once a minute, the canary's p99 of that minute must be at most 30 % above the baseline's; the release is aborted when it was not as often as there are strikes.
/// A minute in which either got no response is no check.
/// </summary>
internal sealed class LatencyStrikesDecider(int strikes) : Decider
{
    private const double IncreaseMax = 0.3;

    private int _struck;

    public override string Name => strikes == 1 ? "p99 +30 %, 1 strike" : $"p99 +30 %, {strikes} strikes";

    public override bool Observe(Look look)
    {
        if (look.BaselineP99 > 0 && look.CanaryP99 > look.BaselineP99 * (1 + IncreaseMax))
            _struck++;
        return _struck >= strikes;
    }
}
