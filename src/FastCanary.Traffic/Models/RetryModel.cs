namespace FastCanary.Traffic;

/// <summary>When a request is sent again; within that, DESIGN law 4 holds: only if it is idempotent or none of it was sent.</summary>
public sealed class RetryModel
{
    /// <summary>Retries that are always within the budget, however few requests are active.</summary>
    public const int AlwaysWithinBudget = 3;

    /// <summary>How often a request is sent again within its version, at most; 0 to 10.</summary>
    public required int AttemptsMax { get; init; }

    /// <summary>How many of a service's active requests may be retries, in hundredths of a percent; at least <see cref="AlwaysWithinBudget"/> may.</summary>
    public required int BudgetBasisPoints { get; init; }

    /// <summary>Whether what failed on another version is sent to the baseline as a last resort; any 5xx counts as failed then.</summary>
    public required bool Rescue { get; init; }

    /// <summary>What a request is sent again for within its version.</summary>
    public required RetryCauses Causes { get; init; }
}
