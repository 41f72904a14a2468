using FastCanary.Release;

namespace FastCanary.Control;

/// <summary>Makes of a rollout as written the plan that is followed.</summary>
public static class RolloutPlanCompiler
{
    /// <summary>The plan, or null for a service without a rollout.</summary>
    /// <param name="service">Without errors, as <see cref="ConfigLoader"/> gives it.</param>
    public static RolloutPlan? Compile(ServiceConfig service) => service.Rollout is not { } config ? null : new RolloutPlan
    {
        Canary = config.Canary,
        Baseline = config.Baseline,
        Steps = [.. config.Steps.Select(step => step.IsPause ? RolloutStep.OfPause(step.Hold) : RolloutStep.OfWeight(step.WeightBasisPoints, step.Hold))],
        Analysis = Analysis(config.Analysis),
        OnFailure = new FailurePlan
        {
            Action = config.OnFailure.Action,
            IsGradual = config.OnFailure.IsGradual,
            StepBasisPoints = config.OnFailure.StepBasisPoints,
            Interval = config.OnFailure.Interval,
        },
        Deadlines = new DeadlinePlan
        {
            Step = config.Deadlines.Step.After,
            StepOutcome = config.Deadlines.Step.Outcome,
            Pause = config.Deadlines.Pause.After,
            PauseOutcome = config.Deadlines.Pause.Outcome,
        },
        Allow = [.. config.Allow],
        Promotion = new PromotionPlan { Watch = config.Promotion.Watch, HoldBackBasisPoints = config.Promotion.HoldBackBasisPoints },
        HasAffinity = service.Affinity is not null,
    };

    private static AnalysisPlan Analysis(AnalysisConfig config) => new()
    {
        Policy = config.Policy,
        FalseAbortBasisPoints = config.FalseAbortBasisPoints,
        MinRequests = config.MinRequests,
        Errors = Errors(config.Errors),
        Latency = config.Latency is { } latency ? Latency(latency) : null,
        Resources = Resources(config.Resources),
        BusinessMax = config.Business?.Max,
        Queries = [.. config.Queries.Select(query => new QueryGuardPlan { Name = query.Name, Max = query.Max, Min = query.Min })],
        HarmMax = config.Harm?.Max,
        Thresholds = Thresholds(config),
    };

    private static ErrorGuardPlan? Errors(ErrorsConfig config) =>
        config is { Compare: false, MaxRateBasisPoints: null } ? null : new ErrorGuardPlan { Compare = config.Compare, MaxRateBasisPoints = config.MaxRateBasisPoints ?? 0 };

    private static LatencyGuardPlan Latency(LatencyConfig config) => new()
    {
        Quantiles = [.. config.QuantilesPerMille.Select(perMille => perMille / 1000.0)],
        MaxIncreaseBasisPoints = config.MaxIncreaseBasisPoints,
        MinIncrease = config.MinIncrease,
    };

    private static ResourceGuardPlan? Resources(ResourcesConfig? config) =>
        config is null or { CpuBasisPoints: null, MemoryBasisPoints: null }
            ? null
            : new ResourceGuardPlan { CpuBasisPoints = config.CpuBasisPoints ?? 0, MemoryBasisPoints = config.MemoryBasisPoints ?? 0 };

    private static ThresholdsPlan Thresholds(AnalysisConfig config) => new()
    {
        SuccessRateBasisPoints = config.Thresholds.SuccessRateBasisPoints,
        LatencyIncreaseBasisPoints = config.Thresholds.LatencyIncreaseBasisPoints,
        // Where nothing tells it, it has no bound, rather than one that is never met.
        CpuBasisPoints = config.Resources is null ? 0 : config.Thresholds.CpuBasisPoints,
        BusinessMax = config.Thresholds.Business,
        HealthyBasisPoints = config.Thresholds.HealthyBasisPoints,
        UnhealthyBasisPoints = config.Thresholds.UnhealthyBasisPoints,
        Period = config.Thresholds.Period,
    };
}
