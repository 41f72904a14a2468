using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>An item of <c>services.NAME.versions.NAME.endpoints</c>: an address, or a mapping with an address and what holds for it.</summary>
internal static class EndpointSection
{
    public const int ConnectionsMax = 1_000_000;

    public static readonly Section<EndpointConfig> Keys = new(
        "endpoint",
        new("address", ReadAddress, Required: true),
        new("weight", (reader, node, config) => config.Weight = reader.Whole(node, 0, SplitTable.WeightMax) ?? config.Weight),
        new("maxConnections", (reader, node, config) => config.MaxConnections = reader.Whole(node, 0, ConnectionsMax) ?? config.MaxConnections));

    public static EndpointConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new EndpointConfig { Position = node.Position };
        if (node is MappingNode)
            Keys.Read(reader, node, config);
        else
            ReadAddress(reader, node, config);
        return config;
    }

    private static void ReadAddress(ConfigReader reader, ConfigNode node, EndpointConfig config)
    {
        const string Expected = "host:port with a port from 1 to 65535, such as 127.0.0.1:8081, example.com:80 or \"[::1]:8081\"";
        HostPort hostPort = default;
        if (reader.Text(node, Expected, text => HostPort.TryParse(text, out hostPort)) is not { } address)
            return;
        config.Address = address;
        config.Host = hostPort.Host;
        config.Port = hostPort.Port;
        config.Position = node.Position;
    }
}
