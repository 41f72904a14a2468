namespace FastCanary.LoadTests.Stage;

/// <summary>The services of the configuration that scenarios run on, by name. Each is reached by the host <c>NAME.test</c>.</summary>
internal static class Services
{
    /// <summary>One version with one endpoint.</summary>
    public const string Plain = "plain";

    /// <summary>Three versions, no affinity.</summary>
    public const string Split = "split";

    /// <summary>Two versions, affinity by <c>X-User-Id</c>.</summary>
    public const string Sticky = "sticky";

    /// <summary>A version of two endpoints and one of a single one, with health checks and retries.</summary>
    public const string Failover = "failover";

    /// <summary>Two versions and a rollout with the default plan.</summary>
    public const string Rollout = "rollout";

    /// <summary>Large bodies.</summary>
    public const string Bulk = "bulk";

    /// <summary>WebSocket echo.</summary>
    public const string WebSocket = "websocket";

    /// <summary>TCP echo, behind a listener of its own: two versions.</summary>
    public const string Tcp = "tcp";

    public static string HostOf(string service) => service + ".test";
}
