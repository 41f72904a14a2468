namespace FastCanary.Control;

/// <summary><c>services.NAME.timeouts</c>: how long endpoints may take.</summary>
public sealed class ServiceTimeoutsConfig
{
    /// <summary>To connect.</summary>
    public TimeSpan Connect { get; internal set; } = TimeSpan.FromSeconds(1);

    /// <summary>From the end of the request to the end of the response head.</summary>
    public TimeSpan Response { get; internal set; } = TimeSpan.FromSeconds(30);

    /// <summary>Without progress of a response body.</summary>
    public TimeSpan ResponseBody { get; internal set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an unused connection is kept.</summary>
    public TimeSpan UpstreamIdle { get; internal set; } = TimeSpan.FromSeconds(60);

    /// <summary>Silence in both directions of an upgraded or TCP connection.</summary>
    public TimeSpan Tunnel { get; internal set; } = TimeSpan.FromHours(1);
}
