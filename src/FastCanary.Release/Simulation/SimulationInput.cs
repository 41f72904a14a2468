namespace FastCanary.Release;

/// <summary>What a plan is tried on.</summary>
public sealed record SimulationInput
{
    /// <summary>Requests of the service a second, on average; above 0.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>The part of the baseline's requests that fail, 0 to 1.</summary>
    public double BaselineErrorRate { get; init; }

    /// <summary>The part of the canary's requests that fail, 0 to 1.</summary>
    public double CanaryErrorRate { get; init; }

    /// <summary>The median of the baseline's latency. Latencies are log-normal.</summary>
    public TimeSpan LatencyMedian { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The standard deviation of the latency's natural logarithm.</summary>
    public double LatencySpread { get; init; } = 0.6;

    /// <summary>How many times slower than the baseline the canary is.</summary>
    public double CanarySlowness { get; init; } = 1;

    /// <summary>How many rollouts are tried.</summary>
    public int Runs { get; init; } = 10_000;

    /// <summary>The same seed gives the same result, on any number of cores.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How long a rollout is followed at most; one that is not decided by then counts as undecided.</summary>
    public TimeSpan TimeMax { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Time between two looks. The engine looks once a second.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(1);
}
