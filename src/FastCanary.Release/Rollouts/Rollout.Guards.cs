using System.Collections.Immutable;

namespace FastCanary.Release;

/// <content>What the guards say: whether the canary is worse, and how sure that is.</content>
public sealed partial class Rollout
{
    // A process may be over its bound for a moment; twice in a row is no moment any more.
    private const int ReadingsOverBound = 2;

    private AnalysisPlan Analysis => Plan.Analysis;

    // The simple policy's own thresholds stand for the statistical comparison, and for bounds on the same figures.
    private bool IsByThresholds => Analysis.Policy == AnalysisPolicy.Thresholds && _state.Phase == RolloutPhase.Progressing;

    /// <summary>Each guard's evidence now.</summary>
    public ImmutableArray<GuardReport> GuardReports()
    {
        var reports = new List<GuardReport>();
        (VersionCounts baseline, VersionCounts canary) = (_evidence.Baseline, _evidence.Canary);
        if (Analysis.Errors is { } errors)
        {
            if (errors.Compare)
                reports.Add(Sequential("errors", _evidence.Errors.LogE, _evidence.ErrorsAbortAt, _evidence.Errors.Baseline, _evidence.Errors.Canary, Plan.HasAffinity ? "users failed" : "requests failed"));
            if (errors.MaxRateBasisPoints > 0)
            {
                GuardReport rate = Sequential("maxRate", _evidence.MaxRateLogE, _evidence.MaxRateAbortAt, 0, canary.FirstFailures, "");
                reports.Add(rate with { Text = $"{Plan.Canary}: {Words.Of(canary.FirstFailures, canary.Requests)} failed, at most {Share.Text(errors.MaxRateBasisPoints)} may" });
            }
        }

        if (Analysis.Latency is { } latency)
        {
            // One response can be over several quantiles, so the counts told are those of one of them: where the evidence is clearest.
            int clearest = _evidence.ClearestQuantile();
            LabelTest slow = _evidence.Slow[clearest];
            string others = latency.Quantiles.Length > 1 ? $", the clearest of {string.Join(", ", Array.ConvertAll([.. latency.Quantiles], QuantileName))}" : "";
            reports.Add(Sequential(
                "latency",
                _evidence.LatencyLogE,
                _evidence.LatencyAbortAt,
                slow.Baseline,
                slow.Canary,
                $"slower than the baseline's {QuantileName(latency.Quantiles[clearest])} ({Plan.Canary}: plus {Share.Text(latency.MaxIncreaseBasisPoints)}{others})"));
        }

        if (Analysis.BusinessMax is { } businessMax)
            reports.Add(Bounded("business", canary.Business, businessMax, $"{canary.Business} business errors, at most {businessMax} may be") with { CanaryRequests = canary.Requests, CanaryEvents = canary.Business });
        if (Analysis.HarmMax is { } harmMax)
            reports.Add(Bounded("harm", _evidence.Harm, harmMax, $"{Words.Of(_evidence.Harm)} failures more than {Plan.Baseline} would have had, at most {Words.Of(harmMax)} may be"));
        foreach ((string guard, double? min, double? max) in _bounds)
            reports.Add(FindReading(guard) is { Value: { } value }
                ? Bounded(guard, value, max ?? min!.Value, $"{Words.Of(value)}; {BoundText(min, max)}")
                : Bounded(guard, null, max ?? min!.Value, $"unknown: {ProblemOf(guard)}"));
        return [.. reports];

        GuardReport Sequential(string guard, double logE, double abortAt, long baselineEvents, long canaryEvents, string what) => new()
        {
            Guard = guard,
            Log10 = Logarithms.ToLog10(logE),
            AbortAt = Logarithms.ToLog10(abortAt),
            BaselineRequests = baseline.Requests,
            CanaryRequests = canary.Requests,
            BaselineEvents = baselineEvents,
            CanaryEvents = canaryEvents,
            Text = $"{what}: {Plan.Baseline} {Words.Of(baselineEvents, baseline.Requests)}, {Plan.Canary} {Words.Of(canaryEvents, canary.Requests)}",
        };

        static GuardReport Bounded(string guard, double? value, double limit, string text) => new() { Guard = guard, Value = value, Limit = limit, Text = text };
    }

    /// <summary>What keeps the rollout from going on because it cannot be judged. Never a silent pass.</summary>
    public ImmutableArray<string> Problems()
    {
        var problems = new List<string>();
        if (_look.IsCanaryDown)
            problems.Add($"{Plan.Canary} has no endpoint that is available");
        foreach ((string guard, _, _) in _bounds)
        {
            if (FindReading(guard) is not { Value: not null })
                problems.Add($"{guard}: {ProblemOf(guard)}");
        }

        if (IsByThresholds)
        {
            if (Analysis.Thresholds.CpuBasisPoints > 0 && FindReading(GuardReading.Cpu) is not { Value: not null } && Analysis.Resources is not { CpuBasisPoints: > 0 })
                problems.Add($"{GuardReading.Cpu}: {ProblemOf(GuardReading.Cpu)}");
            if (_look.CanaryP99 is null != _look.BaselineP99 is null)
                problems.Add($"p99: {(_look.CanaryP99 is null ? Plan.Canary : Plan.Baseline)} answered nothing in the last minute that could be compared");
        }

        // Users weigh differently, so that under affinity requests need not fall as the shares say.
        if (!Plan.HasAffinity && _evidence.SplitLogE(out ShareEvents worst) >= RolloutEvidence.SplitAt)
        {
            problems.Add(
                $"split: at a share of {Share.Text(worst.CanaryBasisPoints)}, {Plan.Canary} answered {Words.Of(worst.Canary, worst.Canary + worst.Baseline)} requests; either the split does not hold, or many of them have not ended yet");
        }

        return [.. problems];
    }

    /// <summary>What a guard has against the canary, in plain words; null: nothing that would be enough.</summary>
    private string? FindViolation()
    {
        VersionCounts canary = _evidence.Canary;
        if (!IsByThresholds && Analysis.BusinessMax is { } businessMax && canary.Business > businessMax)
            return $"business errors: {canary.Business} of {Plan.Canary}'s, more than {businessMax}";
        if (!IsByThresholds && _evidence.IsWorseByErrors())
            return $"errors: {Text("errors")}; if {Plan.Canary} were no worse, this would come up in at most 1 of {Words.Of(Math.Exp(_evidence.Errors.LogE))} releases";
        if (!IsByThresholds && _evidence.IsWorseByLatency())
            return $"latency: {Text("latency")}; if {Plan.Canary} were no slower, this would come up in at most 1 of {Words.Of(Math.Exp(_evidence.LatencyLogE))} releases";
        if (_evidence.IsOverMaxRate())
            return $"maxRate: {Text("maxRate")}; within that rate, this would come up in at most 1 of {Words.Of(Math.Exp(_evidence.MaxRateLogE))} releases";
        if (Analysis.HarmMax is { } harmMax && _evidence.Harm > harmMax)
            return $"harm: {Plan.Canary} has cost {Words.Of(_evidence.Harm)} failures more than {Plan.Baseline} would have, more than {Words.Of(harmMax)}";
        foreach ((string guard, double? min, double? max) in _bounds)
        {
            if ((IsByThresholds && guard == GuardReading.Cpu) || FindReading(guard) is not { Value: { } value } reading)
                continue;
            int needed = guard is GuardReading.Cpu or GuardReading.Memory ? ReadingsOverBound : 1;
            if (_evidence.CountOver(reading, value > max || value < min) >= needed)
                return $"{guard}: {Words.Of(value)}, but {BoundText(min, max)}";
        }

        return null;

        string Text(string guard)
        {
            foreach (GuardReport report in GuardReports())
            {
                if (report.Guard == guard)
                    return report.Text;
            }

            return "";
        }
    }

    private static string QuantileName(double quantile) => $"p{quantile * 100:0.##}";

    private static string BoundText(double? min, double? max) => max is { } most ? $"at most {Words.Of(most)} is allowed" : $"at least {Words.Of(min!.Value)} is needed";

    /// <summary>The guards that rest on readings, with their bounds.</summary>
    private static ImmutableArray<(string Guard, double? Min, double? Max)> BoundsOf(AnalysisPlan analysis)
    {
        var bounds = ImmutableArray.CreateBuilder<(string, double?, double?)>();
        if (analysis.Resources is { CpuBasisPoints: > 0 and var cpu })
            bounds.Add((GuardReading.Cpu, null, Share.Of(cpu)));
        if (analysis.Resources is { MemoryBasisPoints: > 0 and var memory })
            bounds.Add((GuardReading.Memory, null, Share.Of(memory)));
        foreach (QueryGuardPlan query in analysis.Queries)
            bounds.Add((query.Name, query.Min, query.Max));
        return bounds.ToImmutable();
    }

    private GuardReading? FindReading(string guard)
    {
        foreach (GuardReading reading in _look.Readings)
        {
            if (reading.Guard == guard)
                return reading;
        }

        return null;
    }

    private string ProblemOf(string guard) => FindReading(guard) is { } reading ? reading.Problem : "not read yet";
}
