namespace FastCanary.Control;

/// <summary><c>listeners[].timeouts</c>.</summary>
internal static class ListenerTimeoutsSection
{
    public static readonly Section<ListenerTimeoutsConfig> Keys = new(
        "listenerTimeouts",
        new("requestHead", (reader, node, config) => config.RequestHead = reader.Duration(node) ?? config.RequestHead),
        new("requestBody", (reader, node, config) => config.RequestBody = reader.Duration(node) ?? config.RequestBody),
        new("idle", (reader, node, config) => config.Idle = reader.Duration(node) ?? config.Idle));
}
