namespace FastCanary.Control;

/// <summary><c>services.NAME.timeouts</c>.</summary>
internal static class ServiceTimeoutsSection
{
    public static readonly Section<ServiceTimeoutsConfig> Keys = new(
        "serviceTimeouts",
        new("connect", (reader, node, config) => config.Connect = reader.Duration(node) ?? config.Connect),
        new("response", (reader, node, config) => config.Response = reader.Duration(node) ?? config.Response),
        new("responseBody", (reader, node, config) => config.ResponseBody = reader.Duration(node) ?? config.ResponseBody),
        new("upstreamIdle", (reader, node, config) => config.UpstreamIdle = reader.Duration(node) ?? config.UpstreamIdle),
        new("tunnel", (reader, node, config) => config.Tunnel = reader.Duration(node) ?? config.Tunnel));
}
