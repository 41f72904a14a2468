using System.Collections.Immutable;

namespace FastCanary.Release;

/// <summary>How far the present step is from the next.</summary>
public sealed record AdvanceReport
{
    /// <summary>Nothing is missing.</summary>
    public required bool IsReady { get; init; }

    /// <summary>The decimal logarithm of the evidence that the canary is good enough; null where errors are not judged, or the policy is another.</summary>
    public double? Log10 { get; init; }

    /// <summary>From where on it is enough.</summary>
    public double? AdvanceAt { get; init; }

    /// <summary>How many more requests of the canary are needed, at its present rate of failures; null where no number of them would do.</summary>
    public long? MissingRequests { get; init; }

    /// <summary>When the step is expected to be left: with these requests and the step's time, in an open window; null where it cannot be told, as with a problem or a guard in doubt.</summary>
    public TimeSpan? Eta { get; init; }

    /// <summary>What is waited for, in plain words.</summary>
    public ImmutableArray<string> WaitsFor { get; init; } = [];
}
