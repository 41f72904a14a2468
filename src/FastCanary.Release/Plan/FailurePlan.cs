namespace FastCanary.Release;

/// <summary>What happens when a guard finds the canary worse.</summary>
public sealed record FailurePlan
{
    /// <summary>Take the release back, or only stop and wait for a person.</summary>
    public FailureAction Action { get; init; } = FailureAction.Rollback;

    /// <summary>The share is taken back in parts; else at once.</summary>
    public bool IsGradual { get; init; }

    /// <summary>By how much at a time, in basis points, where it is gradual.</summary>
    public int StepBasisPoints { get; init; } = 2000;

    /// <summary>How long between two parts.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);
}
