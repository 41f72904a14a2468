namespace FastCanary.Release;

/// <content>What people ask for, and where a phase forbids it.</content>
public sealed partial class Rollout
{
    /// <summary>Does what is asked for, or says why not and what else would do; then nothing has changed.</summary>
    public CommandResult Command(RolloutCommand command)
    {
        (_now, _actor) = (command.At, command.Actor);
        string? refusal = command.Verb switch
        {
            RolloutVerb.Start => Start(),
            RolloutVerb.Pause => PauseByHand(),
            RolloutVerb.Resume => Resume(),
            RolloutVerb.Promote => PromoteByHand(isFull: false),
            RolloutVerb.PromoteFull => PromoteByHand(isFull: true),
            RolloutVerb.Abort => AbortByHand(),
            RolloutVerb.Retry => Retry(),
            RolloutVerb.Undo => Undo(),
            RolloutVerb.SetShare or RolloutVerb.ConfigureShare => SetShare(command.CanaryBasisPoints, command.Verb),
            RolloutVerb.ReplaceCanary => ReplaceCanary(),
            _ => throw new ArgumentOutOfRangeException(nameof(command)),
        };
        if (refusal is null)
            _countsFrom = _now;
        return new CommandResult(refusal, Decided());
    }

    /// <summary>What can be done in this phase.</summary>
    private string Instead() => _state.Phase switch
    {
        RolloutPhase.Progressing => "pause, promote or abort it",
        RolloutPhase.Paused when _state.Step < 0 => "resume, start or abort it",
        RolloutPhase.Paused when IsAtGate => "promote or abort it",
        RolloutPhase.Paused => "resume, promote or abort it",
        RolloutPhase.Promoted when _state.WatchUntil is not null => "promote ends the watch, undo takes the release back",
        RolloutPhase.Promoted => "undo takes the release back, start begins it again",
        RolloutPhase.Aborting => "wait for its end or abort at once, then retry",
        RolloutPhase.Aborted => "retry begins it again",
        _ => "start begins one",
    };

    private string? Start()
    {
        switch (_state.Phase)
        {
            case RolloutPhase.Progressing:
            case RolloutPhase.Paused when _state.Step >= 0:
                return $"the rollout is under way already, at step {Step} of {Steps}; {Instead()}";
            case RolloutPhase.Aborting:
                return "the rollout is being aborted; wait for its end, then retry";
            case RolloutPhase.Aborted:
                return $"the rollout was aborted ({_state.Reason}); retry begins it again";
            case RolloutPhase.Promoted when _state.WatchUntil is { } until:
                return $"the promotion is being watched until {Words.Of(until)}; promote ends that, undo takes the release back";
        }

        Begin(DecisionKind.Started, "started by hand");
        return null;
    }

    private string? Retry()
    {
        if (_state.Phase != RolloutPhase.Aborted)
            return $"only an aborted rollout can be retried, and this one is {_state.Phase}; {Instead()}";
        Begin(DecisionKind.Retried, "begun again by hand, with new evidence");
        return null;
    }

    private void Begin(DecisionKind kind, string reason)
    {
        ForgetEvidence();
        _state.Step = -1;
        _state.WatchUntil = null;
        if (Analysis.Policy != AnalysisPolicy.Thresholds)
        {
            Advance(kind, reason);
            return;
        }

        int from = _state.CanaryBasisPoints;
        _state.CanaryBasisPoints = Math.Min(Analysis.Thresholds.HealthyBasisPoints, Share.All);
        (_state.Step, _state.StepSince) = (0, _now);
        Enter(RolloutPhase.Progressing);
        Decide(kind, from, reason);
    }

    private string? PauseByHand()
    {
        if (_state.Phase != RolloutPhase.Progressing)
            return _state.Phase == RolloutPhase.Paused ? $"the rollout is paused already; {Instead()}" : $"only a rollout under way can be paused, and this one is {_state.Phase}; {Instead()}";
        Pause(PauseCause.Operator, "paused by hand");
        return null;
    }

    private string? Resume()
    {
        if (_state.Phase != RolloutPhase.Paused)
            return $"only a paused rollout can be resumed, and this one is {_state.Phase}; {Instead()}";
        if (_state.PauseCause == PauseCause.Gate)
            return $"step {Step} of {Steps} is a gate: promote opens it";
        int from = _state.CanaryBasisPoints;
        string reason = "resumed by hand";
        switch (_state.PauseCause)
        {
            case PauseCause.Guard:
                ForgetEvidence();
                _state.StepSince = _now;
                reason = "resumed by hand, in spite of the guard; the evidence begins anew";
                break;
            case PauseCause.Operator:
                // The time of the step stood still.
                _state.StepSince += _now - _state.PhaseSince;
                break;
            default:
                _state.StepSince = _now;
                break;
        }

        if (_state.Step < 0)
        {
            Enter(RolloutPhase.Idle);
            Decide(DecisionKind.Resumed, from, reason);
            return null;
        }

        if (Analysis.Policy != AnalysisPolicy.Thresholds)
        {
            _state.CanaryBasisPoints = Plan.WeightAt(_state.Step);
            if (Plan.Steps[_state.Step].IsPause)
            {
                Enter(RolloutPhase.Paused, PauseCause.Gate);
                Decide(DecisionKind.Paused, from, "back at the gate: promote opens it");
                return null;
            }
        }

        Enter(RolloutPhase.Progressing);
        Decide(DecisionKind.Resumed, from, reason);
        return null;
    }

    private string? PromoteByHand(bool isFull)
    {
        switch (_state.Phase)
        {
            case RolloutPhase.Promoted when _state.WatchUntil is not null:
                Complete("the watch was ended by hand");
                return null;
            case RolloutPhase.Progressing:
            case RolloutPhase.Paused when _state.Step >= 0:
                if (_state.PauseCause == PauseCause.Guard)
                    ForgetEvidence();
                if (isFull)
                    Promote("promoted to the end by hand");
                else if (Analysis.Policy == AnalysisPolicy.Thresholds)
                    Raise("promoted by hand, whatever the evidence");
                else
                    Advance(DecisionKind.Advanced, "promoted by hand, whatever the evidence");
                return null;
            case RolloutPhase.Promoted:
                return $"the canary has been promoted already; {Instead()}";
            case RolloutPhase.Aborting or RolloutPhase.Aborted:
                return $"the rollout was aborted ({_state.Reason}); {Instead()}";
            default:
                return $"no rollout is under way; {Instead()}";
        }
    }

    private void Raise(string reason)
    {
        int from = _state.CanaryBasisPoints;
        if (from + Analysis.Thresholds.HealthyBasisPoints >= Share.All)
        {
            Promote(reason);
            return;
        }

        _state.CanaryBasisPoints += Analysis.Thresholds.HealthyBasisPoints;
        (_state.Step, _state.StepSince) = (StepOfThresholds(), _now);
        Enter(RolloutPhase.Progressing);
        Decide(DecisionKind.Advanced, from, reason);
    }

    private string? AbortByHand()
    {
        switch (_state.Phase)
        {
            case RolloutPhase.Aborted:
                return "the rollout is aborted already; retry begins it again";
            case RolloutPhase.Promoted when _state.WatchUntil is null:
                return "the release is over; undo takes it back";
            case RolloutPhase.Idle when _state.CanaryBasisPoints == 0:
                return $"no rollout is under way, and {Plan.Canary} gets nothing; {Instead()}";
        }

        Abort(DecisionKind.Aborted, "aborted by hand");
        return null;
    }

    private string? Undo()
    {
        if (_state.Phase != RolloutPhase.Promoted)
            return $"only a promotion can be undone, and this rollout is {_state.Phase}; {Instead()}";
        Abort(DecisionKind.Undone, $"the promotion was undone by hand; {Plan.Baseline} gets everything");
        return null;
    }

    private string? SetShare(int basisPoints, RolloutVerb verb)
    {
        if (_state.Phase is RolloutPhase.Aborting or RolloutPhase.Aborted && basisPoints > 0)
            return $"the rollout was aborted ({_state.Reason}), which is latched: {Plan.Canary} gets nothing more; {Instead()}";
        int from = _state.CanaryBasisPoints;
        _state.CanaryBasisPoints = basisPoints;
        string reason = verb == RolloutVerb.SetShare ? "the split was changed by hand" : "the split was changed in the configuration";
        switch (_state.Phase)
        {
            case RolloutPhase.Progressing:
                reason += "; the rollout pauses: resume goes back to the step's share";
                Enter(RolloutPhase.Paused, PauseCause.Change);
                break;
            case RolloutPhase.Paused when _state.Step >= 0 && _state.PauseCause != PauseCause.Guard:
                Enter(RolloutPhase.Paused, PauseCause.Change);
                break;
            case RolloutPhase.Promoted:
                ForgetEvidence();
                _state.Step = -1;
                _state.WatchUntil = null;
                Enter(RolloutPhase.Idle);
                break;
            case RolloutPhase.Aborting:
                Enter(RolloutPhase.Aborted);
                break;
        }

        // Why the release was stopped remains the reason.
        if (_state.Phase == RolloutPhase.Aborted || _state.PauseCause == PauseCause.Guard)
            Record(DecisionKind.Weights, from, reason);
        else
            Decide(DecisionKind.Weights, from, reason);
        return null;
    }

    private string? ReplaceCanary()
    {
        int from = _state.CanaryBasisPoints;
        ForgetEvidence();
        _state.WatchUntil = null;
        if (_state.Phase is RolloutPhase.Progressing or RolloutPhase.Paused && _state.Step >= 0)
        {
            bool staysPaused = _state.PauseCause == PauseCause.Operator;
            Begin(DecisionKind.Reset, $"{Plan.Canary} has other endpoints: the rollout begins again with its first step and new evidence");
            if (staysPaused && _state.Phase == RolloutPhase.Progressing)
                Pause(PauseCause.Operator, "stays paused, as it was before");
            return null;
        }

        bool loses = _state.Phase is RolloutPhase.Promoted or RolloutPhase.Aborting or RolloutPhase.Aborted;
        if (loses)
            _state.CanaryBasisPoints = 0;
        _state.Step = -1;
        Enter(RolloutPhase.Idle);
        Decide(DecisionKind.Reset, from, $"{Plan.Canary} has other endpoints; its evidence begins anew{(loses ? $", and {Plan.Baseline} gets everything until a start" : "")}");
        return null;
    }
}
