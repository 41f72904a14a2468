using System.Collections.Immutable;

namespace FastCanary.Release;

/// <content>When a step is left: on evidence, not on a clock.</content>
public sealed partial class Rollout
{
    /// <summary>How far the present step is from the next; null where no step is under way.</summary>
    public AdvanceReport? AdvanceReport()
    {
        if (_state.Phase is not (RolloutPhase.Progressing or RolloutPhase.Paused) || _state.Step < 0)
            return null;
        if (_state.Phase == RolloutPhase.Paused || Analysis.Policy == AnalysisPolicy.Thresholds)
            return new AdvanceReport { IsReady = false, WaitsFor = WaitsFor() };
        long? missing = MissingRequests();
        ImmutableArray<string> waits = WaitsFor();
        TimeSpan holdLeft = HoldLeft();
        TimeSpan? eta = missing switch
        {
            0 => holdLeft,
            { } count when _evidence.CanaryRate > 1e-9 && count / _evidence.CanaryRate < TimeSpan.MaxValue.TotalSeconds / 2 =>
                TimeSpan.FromSeconds(Math.Max(holdLeft.TotalSeconds, Math.Ceiling(count / _evidence.CanaryRate))),
            _ => null,
        };
        if (eta is { } evidenceIn)
        {
            if (_evidence.Leaning() is not null || !Problems().IsEmpty)
                eta = null;
            else if (!Plan.Allow.IsEmpty)
                eta = NextOpening(_now + evidenceIn) - _now;
        }

        return new AdvanceReport
        {
            IsReady = waits.IsEmpty,
            Log10 = Analysis.Errors is null ? null : Logarithms.ToLog10(_evidence.GoodEnoughLogE),
            AdvanceAt = Analysis.Errors is null ? null : Logarithms.ToLog10(RolloutEvidence.AdvanceAt),
            MissingRequests = missing,
            Eta = eta,
            WaitsFor = waits,
        };
    }

    private bool CanAdvance() => IsShown() && IsAllowed();

    /// <summary>Nothing but the schedule keeps the step.</summary>
    private bool IsShown() =>
        HoldLeft() <= TimeSpan.Zero
        && _evidence.StepRequests >= Analysis.MinRequests
        && _evidence.IsGoodEnough()
        && _evidence.Leaning() is null
        && Problems().IsEmpty;

    private string AdvanceReason()
    {
        string judged = Analysis.Errors is null ? "errors are not judged" : $"{Words.Of(_evidence.Canary.Failures, _evidence.Canary.Requests)} requests failed, which shows that it is not worse";
        return $"{Plan.Canary} got {_evidence.StepRequests} requests in this step; {judged}";
    }

    private TimeSpan HoldLeft()
    {
        TimeSpan left = Plan.Steps[_state.Step].Hold - (_now - _state.StepSince);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private long? MissingRequests() =>
        _evidence.MissingForEvidence(_state.CanaryBasisPoints) is { } evidence ? Math.Max(evidence, Math.Max(0, Analysis.MinRequests - _evidence.StepRequests)) : null;

    private bool IsAllowed()
    {
        if (Plan.Allow.IsEmpty)
            return true;
        foreach (ScheduleWindow window in Plan.Allow)
        {
            if (window.Contains(_now))
                return true;
        }

        return false;
    }

    private DateTimeOffset? NextOpening(DateTimeOffset after)
    {
        DateTimeOffset? next = null;
        foreach (ScheduleWindow window in Plan.Allow)
        {
            DateTimeOffset? opening = window.NextOpening(after);
            if (next is null || opening < next)
                next = opening;
        }

        return next;
    }

    /// <summary>What keeps the rollout where it is, in plain words; empty where nothing does.</summary>
    private ImmutableArray<string> WaitsFor()
    {
        if (_state.Phase == RolloutPhase.Paused && !IsAtTimedGate)
            return [PauseText()];
        var waits = new List<string>();
        if (IsAtTimedGate)
        {
            TimeSpan left = _state.PhaseSince + Plan.Steps[_state.Step].Hold - _now;
            if (left > TimeSpan.Zero)
                waits.Add($"pause: {Words.Of(left)} left");
        }
        else if (Analysis.Policy == AnalysisPolicy.Thresholds)
        {
            waits.Add($"period: ends in {Words.Of(_state.PeriodSince + Analysis.Thresholds.Period - _now)}");
        }
        else
        {
            if (HoldLeft() > TimeSpan.Zero)
                waits.Add($"hold: {Words.Of(HoldLeft())} left");
            if (_evidence.StepRequests < Analysis.MinRequests)
                waits.Add($"requests: {Plan.Canary} got {_evidence.StepRequests} in this step and needs {Analysis.MinRequests}");
            if (!_evidence.IsGoodEnough())
            {
                waits.Add(_evidence.MissingForEvidence(_state.CanaryBasisPoints) is { } missing
                    ? $"evidence: about {missing} more requests must show that {Plan.Canary} is not worse"
                    : $"evidence: with {Words.Of(_evidence.Canary.Failures, _evidence.Canary.Requests)} requests failed, {Plan.Canary} cannot be shown to be good enough");
            }
        }

        if (Analysis.Policy == AnalysisPolicy.Evidence && _evidence.Leaning() is { } guard)
            waits.Add($"doubt: the guard {guard} is more than half the way to an abort");
        if (!IsAllowed())
            waits.Add(ScheduleText());
        waits.AddRange(Problems());
        return [.. waits];
    }

    private string ScheduleText() => NextOpening(_now) is { } opening ? $"schedule: the share may rise again from {Words.Of(opening)}" : "schedule: no window opens";

    private string PauseText() => _state.PauseCause switch
    {
        PauseCause.Gate => "gate: a person has to promote",
        PauseCause.Guard => "a guard found the canary worse: abort, resume or promote",
        _ => "paused: resume, promote or abort",
    };

    // The simple policy.
    private void MoveByThresholds()
    {
        ThresholdsPlan thresholds = Analysis.Thresholds;
        if (_now - _state.PeriodSince < thresholds.Period)
            return;
        VersionCounts period = _state.Period;
        (_state.PeriodSince, _state.Period) = (_now, default);
        if (period.Requests == 0)
        {
            _state.Reason = $"{Plan.Canary} got no requests in the last period: it tells nothing";
            return;
        }

        // Before anything that only keeps the share from rising.
        int from = _state.CanaryBasisPoints;
        if (Unhealthy(period) is { } unhealthy)
        {
            if (from <= thresholds.UnhealthyBasisPoints)
            {
                Fail(unhealthy);
                return;
            }

            _state.CanaryBasisPoints -= thresholds.UnhealthyBasisPoints;
            _state.Step = StepOfThresholds();
            Decide(DecisionKind.Reduced, from, unhealthy);
            return;
        }

        ImmutableArray<string> problems = Problems();
        if (!problems.IsEmpty || !IsAllowed())
        {
            _state.Reason = problems.IsEmpty ? ScheduleText() : string.Join("; ", problems);
            return;
        }

        string healthy = $"a healthy period: {Words.Of(period.Failures, period.Requests)} requests failed{(_look.CanaryP99 is null ? "; latency was not seen" : "")}";
        if (from + thresholds.HealthyBasisPoints >= Share.All)
        {
            Promote(healthy);
            return;
        }

        _state.CanaryBasisPoints += thresholds.HealthyBasisPoints;
        _state.Step = StepOfThresholds();
        _state.StepSince = _now;
        Decide(DecisionKind.Advanced, from, healthy);
    }

    private int StepOfThresholds() => Math.Max(0, (_state.CanaryBasisPoints / Analysis.Thresholds.HealthyBasisPoints) - 1);

    private string? Unhealthy(in VersionCounts period)
    {
        ThresholdsPlan thresholds = Analysis.Thresholds;
        double success = 1 - (period.Failures / (double)period.Requests);
        if (success < Share.Of(thresholds.SuccessRateBasisPoints))
            return $"an unhealthy period: {Words.Percent(success)} of {Plan.Canary}'s requests succeeded, less than {Share.Text(thresholds.SuccessRateBasisPoints)}";
        if (_look.CanaryP99 > _look.BaselineP99 * (1 + Share.Of(thresholds.LatencyIncreaseBasisPoints)))
            return $"an unhealthy period: p99 is {Words.Of(_look.CanaryP99.Value * 1000)} ms, more than {Share.Text(thresholds.LatencyIncreaseBasisPoints)} above {Plan.Baseline}'s {Words.Of(_look.BaselineP99!.Value * 1000)} ms";
        if (thresholds.CpuBasisPoints > 0 && FindReading(GuardReading.Cpu) is { Value: { } cpu } && cpu > Share.Of(thresholds.CpuBasisPoints))
            return $"an unhealthy period: CPU {Words.Percent(cpu)}, more than {Share.Text(thresholds.CpuBasisPoints)}";
        if (period.Business > thresholds.BusinessMax)
            return $"an unhealthy period: {period.Business} business errors, more than {thresholds.BusinessMax}";
        return null;
    }
}
