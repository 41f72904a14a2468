using FastCanary.Release;

namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout</c>: how the canary is rolled out.</summary>
public sealed class RolloutConfig
{
    /// <summary>The version that is being released.</summary>
    public string Canary { get; internal set; } = "";

    /// <summary>The version that it is compared with, and that everything goes back to; another one.</summary>
    public string Baseline { get; internal set; } = "";

    /// <summary>At least one with a weight; no weight is below the one before it.</summary>
    public IReadOnlyList<RolloutStepConfig> Steps { get; internal set; } = [.. RolloutPlan.DefaultSteps.Select(RolloutStepConfig.Of)];

    /// <summary>What is watched.</summary>
    public AnalysisConfig Analysis { get; internal set; } = new() { Latency = new LatencyConfig() };

    /// <summary>What happens when the canary is found worse.</summary>
    public OnFailureConfig OnFailure { get; } = new();

    /// <summary>How long each state may last.</summary>
    public DeadlinesConfig Deadlines { get; } = new();

    /// <summary>When the canary's share may rise; empty: at any time.</summary>
    public IReadOnlyList<ScheduleWindow> Allow { get; internal set; } = [];

    /// <summary>What comes after the last step.</summary>
    public PromotionConfig Promotion { get; } = new();

    /// <summary>Who is told of decisions.</summary>
    public IReadOnlyList<NotifyConfig> Notify { get; internal set; } = [];

    internal ConfigPosition KeyPosition { get; set; }

    internal ConfigPosition CanaryPosition { get; set; }

    internal ConfigPosition BaselinePosition { get; set; }
}
