using FastCanary.Decisions.Streams;
using FastCanary.Release;

namespace FastCanary.Decisions.Deciders;

/// <summary>
/// FastCanary: the engine's own <see cref="Release.Rollout"/>, with the default analysis. At a fixed share its plan is that one step with a hold that never ends; otherwise it is the default plan.
/// </summary>
internal sealed class RolloutDecider : Decider
{
    private static readonly DateTimeOffset Beginning = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private readonly bool _isPlan;
    private readonly Look _pending = new();

    public RolloutDecider(Cell cell)
    {
        _isPlan = cell.IsPlan;
        var plan = new RolloutPlan { Canary = "canary", Baseline = "stable", HasAffinity = cell.Traffic == TrafficKind.Users };
        if (cell.IsLatency)
            plan = plan with { Analysis = plan.Analysis with { Latency = LatencyStream.PlanOf(cell) } };
        if (!_isPlan)
            plan = plan with { Steps = [RolloutStep.OfWeight(cell.ShareBasisPoints, TimeSpan.FromDays(3650))], Deadlines = new DeadlinePlan { Step = TimeSpan.Zero, Pause = TimeSpan.Zero } };
        Rollout = new Rollout(plan, new RolloutState { PhaseSince = Beginning });
        Rollout.Command(new RolloutCommand(RolloutVerb.Start, "study", Beginning));
    }

    public override string Name => "FastCanary";

    public override bool IsByMinute => false;

    public Rollout Rollout { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// At a share that never moves nothing but an abort can come, and only the canary's events raise an E-value: looks without one are handed on together with the next that has one, which decides the same at the same moment.
    /// </remarks>
    public override bool Observe(Look look)
    {
        _pending.Add(look);
        if (!_isPlan && !look.Canary.HasEvidence)
            return false;
        Rollout.Observe(new Observation
        {
            At = Beginning.AddSeconds(look.Second),
            Counts = [new ShareCounts(look.CanaryBasisPoints, _pending.Baseline.Seen(), _pending.Canary.Seen())],
        });
        _pending.Clear();
        return Rollout.Phase == RolloutPhase.Aborted;
    }
}
