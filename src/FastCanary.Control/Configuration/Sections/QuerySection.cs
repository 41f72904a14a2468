namespace FastCanary.Control;

/// <summary>An item of <c>services.NAME.rollout.analysis.queries</c>.</summary>
internal static class QuerySection
{
    public const int LengthMax = 16 * 1024;

    private static readonly TimeSpan IntervalMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IntervalMax = TimeSpan.FromHours(1);

    public static readonly Section<QueryConfig> Keys = new(
        "query",
        new("name", (reader, node, config) =>
            (config.Name, config.NamePosition) = (reader.Text(node, "1 to 63 letters, digits, \".\", \"_\" or \"-\"", ConfigReader.IsName) ?? "", node.Position), Required: true),
        new("prometheus", (reader, node, config) => config.Prometheus = reader.Url(node, "http://127.0.0.1:9090"), Required: true),
        new("query", (reader, node, config) =>
            config.Query = reader.Text(node, $"a query in PromQL, 1 to {LengthMax} characters", text => text.Trim().Length > 0 && text.Length <= LengthMax) ?? config.Query,
            Required: true),
        new("max", (reader, node, config) => config.Max = reader.Number(node) ?? config.Max),
        new("min", (reader, node, config) => config.Min = reader.Number(node) ?? config.Min),
        new("interval", (reader, node, config) => config.Interval = reader.Duration(node, IntervalMin, IntervalMax) ?? config.Interval));

    public static QueryConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new QueryConfig();
        Keys.Read(reader, node, config);
        if (node is not MappingNode mapping)
            return config;
        if (mapping.Find("max") is not null && mapping.Find("min") is { } min)
            reader.Error(min.KeyPosition, "a query has either \"max\" or \"min\", not both; for two bounds, list it twice under two names");
        else if (mapping.Find("max") is null && mapping.Find("min") is null)
            reader.Error(mapping.Position, "a query needs \"max\" or \"min\"");
        return config;
    }
}
