using FastCanary.Traffic;

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
        new("rules", ReadRules),
        new("affinity", (reader, node, config) => config.Affinity = AffinitySection.Read(reader, node)),
        new("features", ReadFeatures),
        new("outlier", (reader, node, config) => OutlierSection.Keys.Read(reader, node, config.Outlier = new OutlierConfig())),
        new("slowStart", (reader, node, config) => config.SlowStart = reader.Duration(node) ?? config.SlowStart),
        new("queue", (reader, node, config) => QueueSection.Keys.Read(reader, node, config.Queue)),
        new("dns", (reader, node, config) => DnsSection.Keys.Read(reader, node, config.Dns)),
        new("retry", (reader, node, config) => config.Retry = RetrySection.Read(reader, node)),
        new("mirror", (reader, node, config) => config.Mirror = MirrorSection.Read(reader, node)),
        new("fault", (reader, node, config) => config.Fault = FaultSection.Read(reader, node)),
        new("proxyProtocol", (reader, node, config) => (config.ProxyProtocol, config.ProxyProtocolPosition) =
            (reader.Choice(node, ("v1", ProxyProtocolVersion.V1), ("v2", ProxyProtocolVersion.V2)) ?? config.ProxyProtocol, node.Position)),
        new("health", (reader, node, config) => config.Health = HealthSection.Read(reader, node)),
        new("rollout", (reader, node, config) => config.Rollout = RolloutSection.Read(reader, node)),
        new("split", Read: null));

    public static ServiceConfig Read(ConfigReader reader, MappingEntry entry)
    {
        var config = new ServiceConfig { Name = entry.Key };
        Keys.Read(reader, entry.Value, config);
        if (entry.Value is not MappingNode mapping)
            return config;
        if (config.Fault is { } fault)
            fault.KeyPosition = mapping.Find("fault")!.KeyPosition;
        if (config.Rollout is { } rollout)
            rollout.KeyPosition = mapping.Find("rollout")!.KeyPosition;
        if (mapping.Find("features") is { Value: not SequenceNode { Items.Count: 0 } } features && mapping.Find("affinity") is null)
            reader.Error(features.KeyPosition, "needs \"affinity\": by its key users are drawn for a feature");
        if (mapping.Find("queue") is { } queue && !config.Versions.Any(version => version.Endpoints.Any(endpoint => endpoint.MaxConnections > 0)))
            reader.Warning(queue.KeyPosition, "does nothing: no endpoint of the service has \"maxConnections\"");
        CheckVersions(reader, config, mapping);
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

    private static void ReadRules(ConfigReader reader, ConfigNode node, ServiceConfig config)
    {
        var rules = new List<RuleConfig>();
        foreach (ConfigNode item in reader.List(node, "rule", mayBeEmpty: true))
        {
            RuleConfig rule = RuleSection.Read(reader, item);
            if (rule.IsWhole && rules.Find(earlier => earlier.IsWhole && earlier.Covers(rule)) is { } first)
                reader.Warning(rule.Position, $"this rule is never reached: the one at line {first.Position.Line} takes every request that it would");
            rules.Add(rule);
        }
        config.Rules = rules;
    }

    private static void ReadFeatures(ConfigReader reader, ConfigNode node, ServiceConfig config)
    {
        var features = new List<FeatureConfig>();
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var headers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ConfigNode item in reader.List(node, "feature", mayBeEmpty: true))
        {
            FeatureConfig feature = FeatureSection.Read(reader, item);
            if (feature.Name.Length > 0 && !names.TryAdd(feature.Name, feature.NamePosition.Line))
                reader.Error(feature.NamePosition, $"the feature {feature.Name} is listed already, at line {names[feature.Name]}");
            string header = FeatureSection.Folded(feature.Header);
            if (header.Length > 0 && !headers.TryAdd(header, feature.HeaderPosition.Line))
                reader.Error(feature.HeaderPosition, $"the field {feature.Header} is listed already, at line {headers[header]}; case does not count, and \"_\" counts as \"-\"");
            features.Add(feature);
        }
        config.Features = features;
    }

    // A version whose own name or content is in error still counts as named, so that one mistake is one error.
    private static void CheckVersions(ConfigReader reader, ServiceConfig config, MappingNode mapping)
    {
        if (mapping.Find("versions")?.Value is not MappingNode { Entries.Count: > 0 } versions)
            return;
        foreach (RuleConfig rule in config.Rules)
            Check(rule.Version, rule.VersionPosition);
        if (config.Mirror is { } mirror)
            Check(mirror.Version, mirror.VersionPosition);
        if (config.Fault is { } fault)
            Check(fault.Version, fault.VersionPosition);
        if (config.Rollout is { } rollout)
            RolloutSection.CheckVersions(reader, config, rollout, versions);
        if (versions.Entries.Count > 1)
            return;
        if (config.Mirror is { Version.Length: > 0 } useless)
            reader.Warning(useless.VersionPosition, "mirrors nothing: every request goes to the service's one version anyway");
        if (config.Retry is { Rescue: true } retry)
            reader.Warning(retry.RescuePosition, "does nothing: the service has one version, so none can stand in for it");

        void Check(string name, ConfigPosition at)
        {
            if (name.Length > 0 && versions.Find(name) is null)
                reader.Error(at, KeySuggestion.Unknown("version", name, versions.Entries.Select(entry => entry.Key)));
        }
    }
}
