namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis.resources.from</c>, as a mapping: each of the canary's endpoints is asked.</summary>
internal static class ResourceEndpointsSection
{
    public static readonly Section<ResourcesConfig> Keys = new(
        "resourceEndpoints",
        new("path", (reader, node, config) =>
            config.Path = reader.Text(node, "a path that begins with \"/\", with or without a query, such as /metrics", HealthSection.IsTarget) ?? config.Path),
        new("port", (reader, node, config) => config.Port = reader.Whole(node, 0, 65535) ?? config.Port));
}
