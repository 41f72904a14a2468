namespace FastCanary.Release;

/// <summary>How failures are judged.</summary>
public sealed record ErrorGuardPlan
{
    /// <summary>The share of failures, in basis points, that the canary must not exceed; 0: none. For advancing, <see cref="AdvanceRateBasisPoints"/> stands in then.</summary>
    public int MaxRateBasisPoints { get; init; }

    /// <summary>Whether failures are compared with the baseline's.</summary>
    public bool Compare { get; init; } = true;

    /// <summary>The rate that a canary whose failures are too few to compare must be shown to stay under: 5 % where the plan names none.</summary>
    public int AdvanceRateBasisPoints => MaxRateBasisPoints > 0 ? MaxRateBasisPoints : 500;
}
