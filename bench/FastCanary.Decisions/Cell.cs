namespace FastCanary.Decisions;

/// <summary>One line of a table: the circumstances in which all deciders are tried, each on the same streams.</summary>
internal sealed record Cell
{
    public required TrafficKind Traffic { get; init; }

    /// <summary>The canary's share in basis points; 0: the default plan's steps.</summary>
    public required int ShareBasisPoints { get; init; }

    /// <summary>The part of the baseline's requests that fails.</summary>
    public double ErrorRate { get; init; }

    /// <summary>How many times more often the canary's requests fail.</summary>
    public double Ratio { get; init; } = 1;

    /// <summary>How many times longer the canary's responses take.</summary>
    public double Slowness { get; init; } = 1;

    /// <summary>How much slower than the baseline's quantiles the canary may be, in basis points.</summary>
    public int MaxIncreaseBasisPoints { get; init; } = 3000;

    /// <summary>Requests of the service a second, on average.</summary>
    public double RequestsPerSecond { get; init; } = 10;

    /// <summary>How long a run is followed.</summary>
    public int Minutes { get; init; } = 60;

    /// <summary>Time between two looks; a divisor of 60.</summary>
    public int LookSeconds { get; init; } = 1;

    public bool IsPlan => ShareBasisPoints == 0;

    public bool IsLatency => Traffic is TrafficKind.Latency or TrafficKind.SlowSpells;
}
