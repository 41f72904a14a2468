using FastCanary.Release;

namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis</c>.</summary>
internal static class AnalysisSection
{
    /// <summary>Of what is counted: requests, business errors, failures.</summary>
    public const int CountMax = 1_000_000_000;

    public const int FalseAbortMax = 5000;

    public static readonly Section<AnalysisConfig> Keys = new(
        "analysis",
        new("policy", (reader, node, config) =>
            config.Policy = reader.Choice(node, ("evidence", AnalysisPolicy.Evidence), ("thresholds", AnalysisPolicy.Thresholds)) ?? config.Policy),
        new("falseAbort", (reader, node, config) => config.FalseAbortBasisPoints = reader.Share(node, 1, FalseAbortMax) ?? config.FalseAbortBasisPoints),
        new("minRequests", (reader, node, config) => config.MinRequests = reader.Whole(node, 0, CountMax) ?? config.MinRequests),
        new("errors", (reader, node, config) => ErrorsSection.Keys.Read(reader, node, config.Errors)),
        new("latency", (reader, node, config) => LatencySection.Keys.Read(reader, node, config.Latency = new LatencyConfig())),
        new("resources", (reader, node, config) => ResourcesSection.Keys.Read(reader, node, config.Resources = new ResourcesConfig())),
        new("business", (reader, node, config) => BusinessSection.Keys.Read(reader, node, config.Business = new BusinessConfig())),
        new("queries", ReadQueries),
        new("harm", (reader, node, config) => HarmSection.Keys.Read(reader, node, config.Harm = new HarmConfig())),
        new("thresholds", (reader, node, config) => ThresholdsSection.Keys.Read(reader, node, config.Thresholds)));

    public static AnalysisConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new AnalysisConfig();
        int errors = reader.Errors.Count;
        Keys.Read(reader, node, config);
        if (node is not MappingNode mapping || reader.Errors.Count > errors)
            return config;
        if (config.Policy == AnalysisPolicy.Evidence)
            CheckEvidence(reader, mapping, config);
        else
            CheckThresholds(reader, mapping, config);
        return config;
    }

    private static void ReadQueries(ConfigReader reader, ConfigNode node, AnalysisConfig config)
    {
        var queries = new List<QueryConfig>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ConfigNode item in reader.List(node, "query", mayBeEmpty: true))
        {
            QueryConfig query = QuerySection.Read(reader, item);
            if (query.Name.Length > 0 && !lines.TryAdd(query.Name, query.NamePosition.Line))
                reader.Error(query.NamePosition, $"the query {query.Name} is listed already, at line {lines[query.Name]}");
            queries.Add(query);
        }
        config.Queries = queries;
    }

    private static void CheckEvidence(ConfigReader reader, MappingNode mapping, AnalysisConfig config)
    {
        if (mapping.Find("thresholds") is { } thresholds)
            reader.Warning(thresholds.KeyPosition, "does nothing: the policy is evidence; thresholds are for \"policy: thresholds\"");
        if (config.Resources is { CpuBasisPoints: null, MemoryBasisPoints: null })
            reader.Error(mapping.Find("resources")!.Value.Position, "needs \"cpu\", \"memory\" or both");
        else if (config is { Errors: { Compare: false, MaxRateBasisPoints: null }, Latency: null, Resources: null, Business: null, Queries.Count: 0, Harm: null })
            reader.Error(mapping.Position, "nothing is judged: leave \"errors.compare\" true, or name one of errors.maxRate, latency, resources, business, queries and harm");
    }

    private static void CheckThresholds(ConfigReader reader, MappingNode mapping, AnalysisConfig config)
    {
        if (mapping.Find("thresholds")?.Value is not MappingNode thresholds)
            return;
        if (thresholds.Find("cpu") is { } cpu && config.Resources is null)
            reader.Error(cpu.KeyPosition, "needs \"resources.from\" beside \"thresholds\": without it nothing tells the canary's CPU");
        if (thresholds.Find("business") is { } business && config.Business is null)
            reader.Error(business.KeyPosition, "needs \"business.header\" beside \"thresholds\": without it no response is a business error");
    }
}
