using FastCanary.Release;

namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.deadlines.step</c> and <c>.pause</c>: how long a state may last, and what happens then.</summary>
public sealed class DeadlineConfig
{
    /// <summary>How long.</summary>
    public TimeSpan After { get; internal set; }

    /// <summary>What happens then; <see cref="DeadlineOutcome.Wait"/>: nothing, however long it lasts.</summary>
    public DeadlineOutcome Outcome { get; internal set; }
}
