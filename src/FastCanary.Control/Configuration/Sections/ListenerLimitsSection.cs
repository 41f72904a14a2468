namespace FastCanary.Control;

/// <summary><c>listeners[].limits</c>.</summary>
internal static class ListenerLimitsSection
{
    /// <summary>A head lies in one buffer, which is why it has a bound from above.</summary>
    public const int HeadBytesMin = 1024;
    public const int HeadBytesMax = 256 * 1024;
    public const int LineBytesMin = 64;
    public const int HeadersMax = 1024;
    public const int ConnectionsMax = 10_000_000;

    public static readonly Section<ListenerLimitsConfig> Keys = new(
        "listenerLimits",
        new("requestHead", (reader, node, config) => config.RequestHeadBytes = (int?)reader.Size(node, HeadBytesMin, HeadBytesMax) ?? config.RequestHeadBytes),
        new("requestLine", (reader, node, config) => config.RequestLineBytes = (int?)reader.Size(node, LineBytesMin, HeadBytesMax) ?? config.RequestLineBytes),
        new("headers", (reader, node, config) => config.Headers = reader.Whole(node, 1, HeadersMax) ?? config.Headers),
        new("connections", (reader, node, config) => config.Connections = reader.Whole(node, 0, ConnectionsMax) ?? config.Connections));

    public static void Read(ConfigReader reader, ConfigNode node, ListenerLimitsConfig config)
    {
        int errors = reader.Errors.Count;
        Keys.Read(reader, node, config);
        if (config.RequestLineBytes <= config.RequestHeadBytes || reader.Errors.Count > errors)
            return;
        if ((node as MappingNode)?.Find("requestLine") is { } line)
        {
            reader.Error(line.Value.Position,
                $"expected at most {ConfigReader.Written(config.RequestHeadBytes)}, what requestHead allows, got {ConfigReader.Written(config.RequestLineBytes)}");
        }
        else
        {
            config.RequestLineBytes = config.RequestHeadBytes;
        }
    }
}
