namespace FastCanary.Control;

/// <summary>An item of <c>services.NAME.versions.NAME.endpoints</c>.</summary>
public sealed class EndpointConfig
{
    /// <summary>As written: <c>host:port</c>.</summary>
    public string Address { get; internal set; } = "";

    /// <summary>An IP address without brackets, or a name to be resolved.</summary>
    public string Host { get; internal set; } = "";

    /// <summary>1 to 65535.</summary>
    public int Port { get; internal set; }

    /// <summary>Relative to the version's other endpoints, 0 to 65535.</summary>
    public int Weight { get; internal set; } = 1;

    /// <summary>Connections in use at a time; 0 means no limit.</summary>
    public int MaxConnections { get; internal set; }

    internal ConfigPosition Position { get; set; }
}
