namespace FastCanary.Proxy.Tests;

/// <summary>What of a <see cref="World"/>'s configuration a test cares about; each text is a YAML value.</summary>
public sealed record WorldOptions
{
    public int Loops { get; init; } = 1;

    public string Protocol { get; init; } = "http";

    public string Routing { get; init; } = "service: s";

    public string ListenerTimeouts { get; init; } = "{ requestHead: 30s }";

    public string ListenerLimits { get; init; } = "{}";

    public string ServiceTimeouts { get; init; } = "{ connect: 10s }";

    public string ServiceLimits { get; init; } = "{}";

    /// <summary>More keys of the service: whole lines of a mapping.</summary>
    public string Service { get; init; } = "";

    /// <summary>More keys of every endpoint, in flow style: <c>, maxConnections: 10</c>.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>More keys at the top: whole lines of a mapping.</summary>
    public string Top { get; init; } = "";

    public bool ExposeVersion { get; init; }

    public int[]? Weights { get; init; }

    /// <summary>A port that nothing listens on, instead of the origins.</summary>
    public int? DeadUpstream { get; init; }
}
