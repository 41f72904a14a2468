using FastCanary.Release;

namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.deadlines</c>: how long each state may last.</summary>
public sealed class DeadlinesConfig
{
    /// <summary>For a step, from its begin.</summary>
    public DeadlineConfig Step { get; } = new() { After = TimeSpan.FromHours(24), Outcome = DeadlineOutcome.Pause };

    /// <summary>For a pause.</summary>
    public DeadlineConfig Pause { get; } = new() { After = TimeSpan.FromHours(168), Outcome = DeadlineOutcome.Abort };
}
