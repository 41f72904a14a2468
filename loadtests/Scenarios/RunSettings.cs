namespace FastCanary.LoadTests.Scenarios;

/// <summary>What the command line says of how scenarios are played.</summary>
internal sealed record RunSettings
{
    /// <summary>How long each scenario's load lasts; null: as the scenario has it.</summary>
    public double? Seconds { get; init; }

    /// <summary>Requests a second; null: as the scenario has it.</summary>
    public double? Rate { get; init; }

    /// <summary>Connections of an HTTP load, at most.</summary>
    public int Connections { get; init; } = 256;

    /// <summary>Threads that send.</summary>
    public int Threads { get; init; } = 1;
}
