namespace FastCanary.Release;

/// <summary>What a guard knows.</summary>
public sealed record GuardReport
{
    /// <summary><c>errors</c>, <c>latency</c>, <c>maxRate</c>, <c>business</c>, <c>harm</c>, <c>cpu</c>, <c>memory</c>, <c>split</c>, or a query's name.</summary>
    public required string Guard { get; init; }

    /// <summary>The decimal logarithm of the E-value; null for a guard with a plain bound.</summary>
    public double? Log10 { get; init; }

    /// <summary>The decimal logarithm from which on the guard has found the canary worse.</summary>
    public double? AbortAt { get; init; }

    /// <summary>The value of a guard with a plain bound; null where there is none.</summary>
    public double? Value { get; init; }

    /// <summary>Its bound.</summary>
    public double? Limit { get; init; }

    /// <summary>Requests of the baseline.</summary>
    public long BaselineRequests { get; init; }

    /// <summary>Requests of the canary.</summary>
    public long CanaryRequests { get; init; }

    /// <summary>Those of the baseline that count against it.</summary>
    public long BaselineEvents { get; init; }

    /// <summary>Those of the canary that count against it.</summary>
    public long CanaryEvents { get; init; }

    /// <summary>In plain words.</summary>
    public required string Text { get; init; }
}
