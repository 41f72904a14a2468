using System.Collections.Immutable;

namespace FastCanary.Release;

/// <summary>How a release is rolled out: the steps of the canary's share, what is watched meanwhile, and what happens when that fails. Frozen.</summary>
public sealed record RolloutPlan
{
    /// <summary>The steps of a plan that names none.</summary>
    public static readonly ImmutableArray<RolloutStep> DefaultSteps =
    [
        RolloutStep.OfWeight(100, TimeSpan.FromMinutes(1)),
        RolloutStep.OfWeight(500, TimeSpan.FromMinutes(2)),
        RolloutStep.OfWeight(2500, TimeSpan.FromMinutes(5)),
        RolloutStep.OfWeight(5000, TimeSpan.FromMinutes(5)),
        RolloutStep.OfWeight(Share.All, TimeSpan.Zero),
    ];

    /// <summary>The version that is being released.</summary>
    public required string Canary { get; init; }

    /// <summary>The version that it is compared with, and that everything goes back to.</summary>
    public required string Baseline { get; init; }

    /// <summary>At least one. A plan whose last weight is below 100 % promotes after it all the same.</summary>
    public ImmutableArray<RolloutStep> Steps { get; init; } = DefaultSteps;

    /// <summary>What is watched.</summary>
    public AnalysisPlan Analysis { get; init; } = new();

    /// <summary>What happens when a guard finds the canary worse.</summary>
    public FailurePlan OnFailure { get; init; } = new();

    /// <summary>How long each state may last.</summary>
    public DeadlinePlan Deadlines { get; init; } = new();

    /// <summary>When the canary's share may rise; empty: at any time. Taking it back needs no permission.</summary>
    public ImmutableArray<ScheduleWindow> Allow { get; init; } = [];

    /// <summary>What comes after the last step.</summary>
    public PromotionPlan Promotion { get; init; } = new();

    /// <summary>Users stay on a version, so that a user's first failure is what counts.</summary>
    public bool HasAffinity { get; init; }

    /// <summary>Whether a version is one of the two that the rollout splits between.</summary>
    public bool IsBetween(string version) => version == Canary || version == Baseline;

    /// <summary>The share of a step's place, in basis points: its own weight, or that of the last step before it that has one.</summary>
    public int WeightAt(int step)
    {
        for (int i = Math.Min(step, Steps.Length - 1); i >= 0; i--)
        {
            if (!Steps[i].IsPause)
                return Steps[i].WeightBasisPoints;
        }

        return 0;
    }
}
