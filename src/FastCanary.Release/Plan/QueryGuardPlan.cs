namespace FastCanary.Release;

/// <summary>Bounds for the answer to a query.</summary>
public sealed record QueryGuardPlan
{
    /// <summary>Unique in the plan.</summary>
    public required string Name { get; init; }

    /// <summary>The largest answer that is fine; null: no bound.</summary>
    public double? Max { get; init; }

    /// <summary>The smallest answer that is fine; null: no bound.</summary>
    public double? Min { get; init; }
}
