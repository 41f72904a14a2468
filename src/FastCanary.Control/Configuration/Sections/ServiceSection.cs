namespace FastCanary.Control;

/// <summary>An entry of <c>services</c>.</summary>
internal static class ServiceSection
{
    public static readonly Section<ServiceConfig> Keys = new(
        "service",
        new("versions", ReadVersions, Required: true),
        new("timeouts", (reader, node, config) => ServiceTimeoutsSection.Keys.Read(reader, node, config.Timeouts)),
        new("limits", (reader, node, config) => ServiceLimitsSection.Keys.Read(reader, node, config.Limits)),
        new("exposeVersion", (reader, node, config) => config.ExposeVersion = reader.Boolean(node) ?? config.ExposeVersion),
        new("rules", Read: null),
        new("affinity", Read: null),
        new("features", Read: null),
        new("health", Read: null),
        new("outlier", Read: null),
        new("retry", Read: null),
        new("mirror", Read: null),
        new("fault", Read: null),
        new("rollout", Read: null),
        new("split", Read: null));

    public static ServiceConfig Read(ConfigReader reader, MappingEntry entry)
    {
        var config = new ServiceConfig { Name = entry.Key };
        Keys.Read(reader, entry.Value, config);
        return config;
    }

    private static void ReadVersions(ConfigReader reader, ConfigNode node, ServiceConfig config)
    {
        int errors = reader.Errors.Count;
        var versions = new List<VersionConfig>();
        foreach (MappingEntry entry in reader.Named(node, "version"))
            versions.Add(VersionSection.Read(reader, entry));
        config.Versions = versions;
        if (reader.Errors.Count == errors && versions.TrueForAll(version => version.Weight == 0))
            reader.Error(node.Position, "no version has a weight above 0");
    }
}
