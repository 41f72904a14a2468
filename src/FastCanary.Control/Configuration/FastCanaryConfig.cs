namespace FastCanary.Control;

/// <summary>A whole configuration file as written, checked in itself; names are not resolved yet.</summary>
public sealed class FastCanaryConfig
{
    /// <summary>The file as the user named it, for errors that are found later.</summary>
    public required string File { get; init; }

    /// <summary>At least one.</summary>
    public IReadOnlyList<ListenerConfig> Listeners { get; internal set; } = [];

    /// <summary>At least one; names are unique.</summary>
    public IReadOnlyList<ServiceConfig> Services { get; internal set; } = [];

    /// <summary>What holds for the process; read at start only.</summary>
    public RuntimeConfig Runtime { get; } = new();

    /// <summary>Where the admin API is; there is one unless the file says otherwise.</summary>
    public AdminConfig Admin { get; } = new();

    /// <summary>What is logged.</summary>
    public LogConfig Log { get; } = new();

    /// <summary>Where what outlives the process is kept; null: nothing does.</summary>
    public StateConfig? State { get; internal set; }

    /// <summary>How clients' countries are known; null: they are not.</summary>
    public GeoipConfig? Geoip { get; internal set; }

    /// <summary>Whether services may have fault drills.</summary>
    public bool AllowFaultInjection { get; internal set; }
}
