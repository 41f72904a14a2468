namespace FastCanary.Control;

/// <summary>An entry of <c>services.NAME.versions</c>.</summary>
public sealed class VersionConfig
{
    /// <summary>Letters, digits, dot, underscore, hyphen; at most 63.</summary>
    public required string Name { get; init; }

    /// <summary>Relative to the service's other versions, 0 to 65535.</summary>
    public int Weight { get; internal set; } = 1;

    /// <summary>At least one with a weight above 0; addresses are unique.</summary>
    public IReadOnlyList<EndpointConfig> Endpoints { get; internal set; } = [];

    internal ConfigPosition KeyPosition { get; set; }

    /// <summary>Null where it is not written.</summary>
    internal ConfigPosition? WeightPosition { get; set; }
}
