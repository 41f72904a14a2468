namespace FastCanary.Control;

/// <summary>How the endpoints of a service are checked. Equal ones check alike.</summary>
internal sealed record HealthModel
{
    /// <summary>The path, with its query, of a GET; it begins with a slash and is sent as it is. Null: a check is a connection that is made, and closed again.</summary>
    public string? Path { get; init; }

    /// <summary>From the start of a check to the start of the next one; above 0.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a check may take, from connecting to the last byte that it looks at; above 0.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>So many passed checks in a row bring an endpoint up; at least 1.</summary>
    public int Rise { get; init; } = 2;

    /// <summary>So many failed checks in a row take it down; at least 1.</summary>
    public int Fall { get; init; } = 3;

    /// <summary>The statuses that pass.</summary>
    public StatusSet Statuses { get; init; } = StatusSet.Of(200);

    /// <summary>A text that the first 64 KiB of the body must hold, byte for byte in UTF-8; empty: none, and the body is not waited for.</summary>
    public string Body { get; init; } = "";

    /// <summary>By how much an interval is made longer or shorter by chance, in hundredths of a percent; 0 to 10000.</summary>
    public int JitterBasisPoints { get; init; } = 1000;

    /// <summary>Where to connect to; 0: the endpoint's own port.</summary>
    public int Port { get; init; }

    /// <summary>What the Host field says; empty: the endpoint as configured, with the port that is checked.</summary>
    public string Host { get; init; } = "";

    /// <summary>What a configuration says.</summary>
    public static HealthModel Of(HealthConfig config) => new()
    {
        Path = config.Path,
        Interval = config.Interval,
        Timeout = config.Timeout,
        Rise = config.Rise,
        Fall = config.Fall,
        Statuses = config.Statuses,
        Body = config.Body,
        JitterBasisPoints = config.JitterBasisPoints,
        Port = config.Port,
        Host = config.Host,
    };
}
