namespace FastCanary.Control;

/// <summary>An entry of <c>services</c>.</summary>
public sealed class ServiceConfig
{
    /// <summary>Letters, digits, dot, underscore, hyphen; at most 63.</summary>
    public required string Name { get; init; }

    /// <summary>At least one with a weight above 0; names are unique.</summary>
    public IReadOnlyList<VersionConfig> Versions { get; internal set; } = [];

    /// <summary>How long endpoints may take.</summary>
    public ServiceTimeoutsConfig Timeouts { get; } = new();

    /// <summary>How much may pass.</summary>
    public ServiceLimitsConfig Limits { get; } = new();

    /// <summary>Whether responses name the version to the client.</summary>
    public bool ExposeVersion { get; internal set; }
}
