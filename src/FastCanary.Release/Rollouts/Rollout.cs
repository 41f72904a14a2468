using System.Collections.Immutable;

namespace FastCanary.Release;

/// <summary>
/// One rollout: takes what is seen and what people ask for, and decides. Pure: time is a value, nothing is read or written, and the same inputs give the same decisions, so that
/// the live engine, a simulation and a replay are this same code. One thread at a time.
/// </summary>
/// <remarks>
/// The safety loop (<see cref="FindViolation"/>) runs at every look in every phase in which the canary gets requests and may lose them: a pause or a gate never switches it off.
/// </remarks>
public sealed partial class Rollout
{
    /// <summary>Who decides where nobody gave a command.</summary>
    public const string Engine = "engine";

    /// <summary>Who decides at a start what no look and no command decided: what is left of a state that was lost.</summary>
    public const string Restart = "restart";

    private readonly List<Decision> _decided = [];
    private readonly RolloutState _state;
    private readonly ImmutableArray<(string Guard, double? Min, double? Max)> _bounds;
    private RolloutEvidence _evidence;
    private Observation _look;
    private string _actor = Engine;
    private DateTimeOffset _now;

    // From when on the next look's counts are; null in one that goes on from a state, which does not tell.
    private DateTimeOffset? _countsFrom;

    /// <param name="plan">What is to be done.</param>
    /// <param name="state">Where it stands. Copied.</param>
    public Rollout(RolloutPlan plan, RolloutState state)
    {
        Plan = plan;
        // Another plan may have fewer steps.
        _state = state with { Step = Math.Min(state.Step, Steps - 1) };
        _bounds = BoundsOf(plan.Analysis);
        _evidence = new RolloutEvidence(plan, state.Evidence);
        _now = state.PhaseSince;
        _look = new Observation { At = _now };
    }

    /// <summary>What is to be done.</summary>
    public RolloutPlan Plan { get; }

    /// <summary>Where it stands.</summary>
    public RolloutPhase Phase => _state.Phase;

    /// <summary>The canary's share, in basis points.</summary>
    public int CanaryBasisPoints => _state.CanaryBasisPoints;

    /// <summary>The step under way, from 1; 0: none.</summary>
    public int Step => _state.Step + 1;

    /// <summary>How many steps there are.</summary>
    public int Steps => Plan.Analysis.Policy == AnalysisPolicy.Thresholds
        ? (Share.All + Plan.Analysis.Thresholds.HealthyBasisPoints - 1) / Plan.Analysis.Thresholds.HealthyBasisPoints
        : Plan.Steps.Length;

    /// <summary>Why it stands where it stands.</summary>
    public string Reason => _state.Reason;

    /// <summary>Since when it is in its phase.</summary>
    public DateTimeOffset PhaseSince => _state.PhaseSince;

    /// <summary>From when on the step's time counts.</summary>
    public DateTimeOffset StepSince => _state.StepSince;

    /// <summary>Until when a promotion is watched; null: it is not.</summary>
    public DateTimeOffset? WatchUntil => _state.WatchUntil;

    /// <summary>Failures that requests met on the canary.</summary>
    public long Hurt => _evidence.Canary.Failures;

    /// <summary>How many failures more the canary has had than the baseline would have had in its place.</summary>
    public double Harm => _evidence.Harm;

    /// <summary>It is paused at a step of the plan.</summary>
    public bool IsAtGate => _state.PauseCause == PauseCause.Gate;

    /// <summary>How often the evidence has begun anew.</summary>
    public int EvidenceGeneration => _state.EvidenceGeneration;

    /// <summary>A look at which nothing happened tells something too: that time has passed.</summary>
    public bool NeedsEveryLook => _state.Phase == RolloutPhase.Progressing && Plan.Analysis.Policy == AnalysisPolicy.Thresholds;

    /// <summary>What is seen counts: the canary may lose its share.</summary>
    public bool IsWatching => _state.Phase switch
    {
        RolloutPhase.Progressing or RolloutPhase.Paused => true,
        RolloutPhase.Promoted => _state.WatchUntil is not null,
        RolloutPhase.Idle => _state.CanaryBasisPoints > 0,
        _ => false,
    };

    /// <summary>All that it has to remember.</summary>
    public RolloutState Export() => _state with { Evidence = _evidence.Export() };

    /// <summary>Takes a look, and decides.</summary>
    public ImmutableArray<Decision> Observe(Observation look)
    {
        TimeSpan passed = look.At - (_countsFrom ?? look.At);
        (_look, _now, _countsFrom, _actor) = (look, look.At, look.At, Engine);
        if (IsWatching)
        {
            long canaryRequests = 0;
            foreach (ShareCounts counts in look.Counts)
            {
                _evidence.Add(counts);
                _state.Period += counts.Canary;
                canaryRequests += counts.Canary.Requests;
            }

            _evidence.Pass(passed, canaryRequests);
            if (_state.PauseCause != PauseCause.Guard && FindViolation() is { } violation)
                Fail(violation);
            else
                Move();
        }
        else if (_state.Phase == RolloutPhase.Aborting)
        {
            Reduce();
        }

        return Decided();
    }

    private ImmutableArray<Decision> Decided()
    {
        if (_decided.Count == 0)
            return [];
        ImmutableArray<Decision> decisions = [.. _decided];
        _decided.Clear();
        return decisions;
    }

    private void Move()
    {
        if (_state.Phase == RolloutPhase.Progressing)
        {
            if (Plan.Analysis.Policy == AnalysisPolicy.Thresholds)
                MoveByThresholds();
            else if (CanAdvance())
                Advance(DecisionKind.Advanced, AdvanceReason());
            // Who only waits for a window waits for no evidence.
            if (_decided.Count == 0 && IsOver(Plan.Deadlines.Step, _state.StepSince) && (Plan.Analysis.Policy == AnalysisPolicy.Thresholds || !IsShown()))
                EndByDeadline(Plan.Deadlines.StepOutcome, $"the step has not been left within {Words.Of(Plan.Deadlines.Step)}: {WaitsFor()[0]}");
        }
        else if (_state.Phase == RolloutPhase.Paused)
        {
            if (IsGateOver())
                Advance(DecisionKind.Resumed, $"the pause of {Words.Of(Plan.Steps[_state.Step].Hold)} is over");
            else if (IsOver(Plan.Deadlines.Pause, _state.PhaseSince))
                EndByDeadline(Plan.Deadlines.PauseOutcome, $"the pause has lasted {Words.Of(Plan.Deadlines.Pause)}");
        }
        else if (_state.Phase == RolloutPhase.Promoted && _now >= _state.WatchUntil)
        {
            if (Problems() is { IsEmpty: false } problems)
                _state.Reason = $"the promotion is watched on, because it cannot be judged: {string.Join("; ", problems)}";
            else
                Complete("the time in which the promotion was watched is over, and no guard found the canary worse");
        }
    }

    private bool IsAtTimedGate => _state.PauseCause == PauseCause.Gate && _state.Step >= 0 && Plan.Steps[_state.Step].Hold > TimeSpan.Zero;

    private bool IsGateOver() =>
        IsAtTimedGate && _now - _state.PhaseSince >= Plan.Steps[_state.Step].Hold
        && IsAllowed() && _evidence.Leaning() is null && Problems().IsEmpty;

    private bool IsOver(TimeSpan deadline, DateTimeOffset since) => deadline > TimeSpan.Zero && _now - since >= deadline;

    private void EndByDeadline(DeadlineOutcome outcome, string reason)
    {
        switch (outcome)
        {
            case DeadlineOutcome.Pause when _state.Phase == RolloutPhase.Progressing:
                Pause(PauseCause.Deadline, reason);
                break;
            // A clock may overrule a lack of evidence, but neither a guard nor a silent source, nor the schedule.
            case DeadlineOutcome.Promote when _state.Step >= 0 && _state.PauseCause != PauseCause.Guard && IsAllowed() && Problems().IsEmpty:
                if (Analysis.Policy == AnalysisPolicy.Thresholds)
                    Raise(reason);
                else
                    Advance(DecisionKind.Advanced, reason);
                break;
            case DeadlineOutcome.Abort:
                TakeBack(reason);
                break;
        }
    }

    /// <summary>Goes to the next step, or to the end where there is none.</summary>
    private void Advance(DecisionKind kind, string reason)
    {
        int next = _state.Step + 1;
        if (next >= Plan.Steps.Length || Plan.Steps[next].WeightBasisPoints >= Share.All)
        {
            Promote(reason);
            return;
        }

        RolloutStep step = Plan.Steps[next];
        int from = _state.CanaryBasisPoints;
        (_state.Step, _state.StepSince) = (next, _now);
        _evidence.BeginStep();
        if (!step.IsPause)
            _state.CanaryBasisPoints = step.WeightBasisPoints;
        else if (kind is DecisionKind.Started or DecisionKind.Retried or DecisionKind.Reset)
            _state.CanaryBasisPoints = 0;
        Enter(step.IsPause ? RolloutPhase.Paused : RolloutPhase.Progressing, step.IsPause ? PauseCause.Gate : PauseCause.None);
        string then = step.IsPause ? step.Hold > TimeSpan.Zero ? $"; step {next + 1} pauses for {Words.Of(step.Hold)}" : $"; step {next + 1} waits for a promotion by a person" : "";
        Decide(step.IsPause && kind == DecisionKind.Advanced ? DecisionKind.Paused : kind, from, reason + then);
    }

    private void Promote(string reason)
    {
        int from = _state.CanaryBasisPoints;
        bool isWatched = Plan.Promotion.Watch > TimeSpan.Zero;
        _state.Step = Math.Max(0, Steps - 1);
        _state.StepSince = _now;
        _state.CanaryBasisPoints = isWatched ? Share.All - Plan.Promotion.HoldBackBasisPoints : Share.All;
        _state.WatchUntil = isWatched ? _now + Plan.Promotion.Watch : null;
        _evidence.BeginStep();
        Enter(RolloutPhase.Promoted);
        Decide(
            DecisionKind.Promoted,
            from,
            isWatched && Plan.Promotion.HoldBackBasisPoints > 0 ? $"{reason}; {Plan.Baseline} keeps {Share.Text(Plan.Promotion.HoldBackBasisPoints)} for {Words.Of(Plan.Promotion.Watch)}, to be compared with" : reason);
    }

    private void Complete(string reason)
    {
        int from = _state.CanaryBasisPoints;
        _state.CanaryBasisPoints = Share.All;
        _state.WatchUntil = null;
        Decide(DecisionKind.Completed, from, reason);
    }

    private void Pause(PauseCause cause, string reason)
    {
        Enter(RolloutPhase.Paused, cause);
        Decide(cause == PauseCause.Guard ? DecisionKind.Held : DecisionKind.Paused, _state.CanaryBasisPoints, reason);
    }

    /// <summary>A guard found the canary worse.</summary>
    private void Fail(string reason)
    {
        if (Plan.OnFailure.Action == FailureAction.Hold && _state.Phase != RolloutPhase.Promoted)
            Pause(PauseCause.Guard, $"{reason}; the plan holds instead of rolling back: abort, resume or promote");
        else
            TakeBack(reason);
    }

    /// <summary>Gives the share back as the plan says.</summary>
    private void TakeBack(string reason)
    {
        if (!Plan.OnFailure.IsGradual || _state.CanaryBasisPoints <= Plan.OnFailure.StepBasisPoints)
        {
            Abort(DecisionKind.Aborted, reason);
            return;
        }

        int from = _state.CanaryBasisPoints;
        _state.CanaryBasisPoints -= Plan.OnFailure.StepBasisPoints;
        _state.NextReductionAt = _now + Plan.OnFailure.Interval;
        _state.WatchUntil = null;
        Enter(RolloutPhase.Aborting);
        Decide(DecisionKind.Aborting, from, reason);
    }

    private void Reduce()
    {
        if (_now < _state.NextReductionAt)
            return;
        string reason = $"the share is taken back {Share.Text(Plan.OnFailure.StepBasisPoints)} at a time; {_state.Reason}";
        if (_state.CanaryBasisPoints <= Plan.OnFailure.StepBasisPoints)
        {
            Abort(DecisionKind.Aborted, _state.Reason);
            return;
        }

        int from = _state.CanaryBasisPoints;
        _state.CanaryBasisPoints -= Plan.OnFailure.StepBasisPoints;
        _state.NextReductionAt = _now + Plan.OnFailure.Interval;
        Record(DecisionKind.Reduced, from, reason);
    }

    private void Abort(DecisionKind kind, string reason)
    {
        int from = _state.CanaryBasisPoints;
        _state.CanaryBasisPoints = 0;
        _state.WatchUntil = null;
        Enter(RolloutPhase.Aborted);
        Decide(kind, from, reason);
    }

    private void Enter(RolloutPhase phase, PauseCause cause = PauseCause.None)
    {
        (_state.Phase, _state.PauseCause, _state.PhaseSince) = (phase, cause, _now);
        (_state.PeriodSince, _state.Period) = (_now, default);
    }

    private void ForgetEvidence()
    {
        _evidence = new RolloutEvidence(Plan, new EvidenceState());
        _state.EvidenceGeneration++;
    }

    private void Decide(DecisionKind kind, int from, string reason)
    {
        _state.Reason = reason;
        Record(kind, from, reason);
    }

    private void Record(DecisionKind kind, int from, string reason) => _decided.Add(new Decision
    {
        At = _now,
        Kind = kind,
        Actor = _actor,
        From = from,
        To = _state.CanaryBasisPoints,
        Phase = _state.Phase,
        Step = Step,
        Reason = reason,
        Evidence = GuardReports(),
    });
}
