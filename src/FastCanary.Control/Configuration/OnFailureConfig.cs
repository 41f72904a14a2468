using FastCanary.Release;

namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.onFailure</c>: what happens when the canary is found worse.</summary>
public sealed class OnFailureConfig
{
    /// <summary>Take the release back, or stop where it is.</summary>
    public FailureAction Action { get; internal set; } = FailureAction.Rollback;

    /// <summary>Whether it is taken back in parts; else at once.</summary>
    public bool IsGradual { get; internal set; }

    /// <summary>By how much at a time, in hundredths of a percent of all requests.</summary>
    public int StepBasisPoints { get; internal set; } = 2000;

    /// <summary>How long between two parts.</summary>
    public TimeSpan Interval { get; internal set; } = TimeSpan.FromSeconds(10);
}
