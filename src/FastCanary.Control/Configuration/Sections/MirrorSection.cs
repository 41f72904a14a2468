namespace FastCanary.Control;

/// <summary><c>services.NAME.mirror</c>.</summary>
internal static class MirrorSection
{
    /// <summary>Copies of bodies are held in memory, which is why they have a bound from above.</summary>
    public const int BodyBytesMax = 16 * 1024 * 1024;

    public static readonly Section<MirrorConfig> Keys = new(
        "mirror",
        new("version", (reader, node, config) => (config.Version, config.VersionPosition) = (VersionSection.ReadName(reader, node) ?? "", node.Position), Required: true),
        new("percent", (reader, node, config) => config.BasisPoints = reader.Share(node) ?? config.BasisPoints),
        new("body", (reader, node, config) => config.BodyBytesMax = (int?)reader.Size(node, 0, BodyBytesMax) ?? config.BodyBytesMax),
        new("compare", ReadCompare));

    public static MirrorConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new MirrorConfig();
        Keys.Read(reader, node, config);
        return config;
    }

    private static void ReadCompare(ConfigReader reader, ConfigNode node, MirrorConfig config)
    {
        if (node is MappingNode)
            config.Compare = MirrorCompareSection.Read(reader, node);
        else if (reader.Boolean(node) == true)
            config.Compare = new MirrorCompareConfig();
    }
}
