namespace FastCanary.Release;

/// <summary>How long a state may last, and what happens then. Zero: for ever.</summary>
public sealed record DeadlinePlan
{
    /// <summary>How long a step may wait for evidence, from its beginning.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromHours(24);

    /// <summary>What becomes of a step that took too long.</summary>
    public DeadlineOutcome StepOutcome { get; init; } = DeadlineOutcome.Pause;

    /// <summary>How long a rollout may be paused.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromHours(168);

    /// <summary>What becomes of a pause that took too long; <see cref="DeadlineOutcome.Pause"/> means that it goes on.</summary>
    public DeadlineOutcome PauseOutcome { get; init; } = DeadlineOutcome.Abort;
}
