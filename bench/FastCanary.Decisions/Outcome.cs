namespace FastCanary.Decisions;

/// <summary>What a decider made of a cell's runs.</summary>
internal sealed record Outcome
{
    public required string Decider { get; init; }

    public required int Runs { get; init; }

    public required int Aborted { get; init; }

    /// <summary>Half of all runs were aborted within this many seconds; null: fewer were.</summary>
    public required double? MedianSeconds { get; init; }

    /// <summary>Requests that failed on the canary until the abort, or the end, on average.</summary>
    public required double HurtMean { get; init; }

    /// <summary>For a plan: runs in which the canary was promoted and its watch went by.</summary>
    public int Completed { get; init; }

    /// <summary>For a plan: half of those that completed had done so within this many seconds.</summary>
    public double? CompletedMedianSeconds { get; init; }

    public double AbortRate => Aborted / (double)Runs;

    public Interval AbortInterval => Interval.Of(Aborted, Runs);
}
