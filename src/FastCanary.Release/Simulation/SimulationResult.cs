namespace FastCanary.Release;

/// <summary>How many simulated rollouts ended how.</summary>
public sealed record SimulationResult
{
    /// <summary>How many were tried.</summary>
    public required int Runs { get; init; }

    /// <summary>How many were aborted.</summary>
    public required int Aborted { get; init; }

    /// <summary>How many were promoted, and their watch is over.</summary>
    public required int Promoted { get; init; }

    /// <summary>How many were held or paused, or had not come to an end.</summary>
    public int Undecided => Runs - Aborted - Promoted;

    /// <summary>Half of the aborts came within this time; null without any.</summary>
    public TimeSpan? AbortMedian { get; init; }

    /// <summary>Half of the promotions came within this time, their watch included; null without any.</summary>
    public TimeSpan? PromoteMedian { get; init; }

    /// <summary>Failures that users met on the canary, on average over the runs.</summary>
    public required double HurtMean { get; init; }

    /// <summary>19 of 20 runs had at most as many.</summary>
    public required long Hurt95 { get; init; }

    /// <summary>How many failures more than the baseline would have had, on average.</summary>
    public required double HarmMean { get; init; }
}
