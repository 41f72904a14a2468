using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary><c>services.NAME.mirror.compare</c>, as a mapping.</summary>
internal static class MirrorCompareSection
{
    public static readonly Section<MirrorCompareConfig> Keys = new(
        "mirrorCompare",
        new("headers", ReadHeaders),
        new("body", (reader, node, config) => config.Body = reader.Choice(
            node, ("exact", MirrorBodyComparison.Exact), ("json", MirrorBodyComparison.Json), ("none", MirrorBodyComparison.None)) ?? config.Body),
        new("ignore", ReadIgnored),
        new("limit", (reader, node, config) => config.BodyBytesMax = (int?)reader.Size(node, 0, MirrorSection.BodyBytesMax) ?? config.BodyBytesMax));

    public static MirrorCompareConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new MirrorCompareConfig();
        Keys.Read(reader, node, config);
        if (config.Body != MirrorBodyComparison.Json && config.IgnoredPaths.Count > 0)
            reader.Error(((MappingNode)node).Find("ignore")!.KeyPosition, "has no meaning unless \"body\" is json");
        return config;
    }

    private static void ReadHeaders(ConfigReader reader, ConfigNode node, MirrorCompareConfig config)
    {
        var headers = new List<string>();
        foreach (ConfigNode item in reader.List(node, "field", mayBeEmpty: true))
        {
            if (reader.Text(item, $"a field's name: {RuleSection.ExpectedToken}", ConfigReader.IsToken) is { } header)
                headers.Add(header.ToLowerInvariant());
        }
        config.Headers = headers;
    }

    private static void ReadIgnored(ConfigReader reader, ConfigNode node, MirrorCompareConfig config)
    {
        var paths = new List<string>();
        foreach (ConfigNode item in reader.List(node, "path", mayBeEmpty: true))
        {
            if (reader.Text(item, "the path of a JSON value, such as $.time or $.items[*].id", text => JsonPath.TryParse(text, out _) is not null) is { } path)
                paths.Add(path);
        }
        if (paths.Count > MirrorComparison.IgnoredPathsMax)
            reader.Error(node.Position, $"expected at most {MirrorComparison.IgnoredPathsMax} paths, got {paths.Count}");
        config.IgnoredPaths = paths;
    }
}
