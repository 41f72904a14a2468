namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis.resources</c>.</summary>
internal static class ResourcesSection
{
    /// <summary>A hundred cores.</summary>
    public const int CpuMax = 100 * ConfigReader.ShareMax;

    public const long MemoryLimitMin = 1024 * 1024;
    public const long MemoryLimitMax = 1L << 44;

    public static readonly Section<ResourcesConfig> Keys = new(
        "resources",
        new("cpu", (reader, node, config) => config.CpuBasisPoints = reader.Share(node, 1, CpuMax) ?? config.CpuBasisPoints),
        new("memory", (reader, node, config) => config.MemoryBasisPoints = reader.Share(node, 1, ConfigReader.ShareMax) ?? config.MemoryBasisPoints),
        new("from", ReadFrom, Required: true),
        new("memoryLimit", (reader, node, config) => config.MemoryLimitBytes = reader.Size(node, MemoryLimitMin, MemoryLimitMax) ?? config.MemoryLimitBytes));

    private static void ReadFrom(ConfigReader reader, ConfigNode node, ResourcesConfig config)
    {
        const string Expected =
            "\"prometheus\" and an absolute http or https URL without user name, such as \"prometheus http://127.0.0.1:9100/metrics\", or a mapping with \"path\" and \"port\"";
        if (node is MappingNode)
            ResourceEndpointsSection.Keys.Read(reader, node, config);
        else
            config.Url = reader.Url(node, Expected, before: "prometheus ");
    }
}
