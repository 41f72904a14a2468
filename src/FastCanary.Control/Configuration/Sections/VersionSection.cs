using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>An entry of <c>services.NAME.versions</c>.</summary>
internal static class VersionSection
{
    public static readonly Section<VersionConfig> Keys = new(
        "version",
        new("weight", (reader, node, config) => (config.Weight, config.WeightPosition) = (reader.Whole(node, 0, SplitTable.WeightMax) ?? config.Weight, node.Position)),
        new("endpoints", ReadEndpoints, Required: true));

    public static VersionConfig Read(ConfigReader reader, MappingEntry entry)
    {
        var config = new VersionConfig { Name = entry.Key, KeyPosition = entry.KeyPosition };
        Keys.Read(reader, entry.Value, config);
        return config;
    }

    public static string? ReadName(ConfigReader reader, ConfigNode node) => reader.Text(node, "the name of a version", ConfigReader.IsName);

    private static void ReadEndpoints(ConfigReader reader, ConfigNode node, VersionConfig config)
    {
        int errors = reader.Errors.Count;
        var endpoints = new List<EndpointConfig>();
        var lines = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (ConfigNode item in reader.List(node, "endpoint"))
        {
            EndpointConfig endpoint = EndpointSection.Read(reader, item);
            if (endpoint.Address.Length > 0 && !lines.TryAdd(endpoint.Address, endpoint.Position.Line))
                reader.Error(endpoint.Position, $"{endpoint.Address} is listed already, at line {lines[endpoint.Address]}; a larger share is a larger weight");
            endpoints.Add(endpoint);
        }
        config.Endpoints = endpoints;
        if (reader.Errors.Count == errors && endpoints.TrueForAll(endpoint => endpoint.Weight == 0))
            reader.Error(node.Position, "no endpoint has a weight above 0");
    }
}
