using FastCanary.Release;

namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout</c>.</summary>
internal static class RolloutSection
{
    public static readonly Section<RolloutConfig> Keys = new(
        "rollout",
        new("canary", (reader, node, config) => (config.Canary, config.CanaryPosition) = (VersionSection.ReadName(reader, node) ?? "", node.Position), Required: true),
        new("baseline", (reader, node, config) => (config.Baseline, config.BaselinePosition) = (VersionSection.ReadName(reader, node) ?? "", node.Position), Required: true),
        new("steps", RolloutStepSection.ReadAll),
        new("analysis", (reader, node, config) => config.Analysis = AnalysisSection.Read(reader, node)),
        new("onFailure", (reader, node, config) => OnFailureSection.Read(reader, node, config.OnFailure)),
        new("deadlines", (reader, node, config) => DeadlinesSection.Keys.Read(reader, node, config.Deadlines)),
        new("schedule", (reader, node, config) => ScheduleSection.Keys.Read(reader, node, config)),
        new("promotion", (reader, node, config) => PromotionSection.Read(reader, node, config.Promotion)),
        new("notify", ReadNotify));

    public static RolloutConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new RolloutConfig();
        Keys.Read(reader, node, config);
        if (config.Analysis.Policy == AnalysisPolicy.Thresholds && (node as MappingNode)?.Find("steps") is { } steps && !reader.HasErrorUnder(steps.KeyPosition.Path))
            reader.Warning(steps.KeyPosition, "do nothing: with \"policy: thresholds\" the share moves by thresholds.healthy and thresholds.unhealthy");
        return config;
    }

    /// <summary>What must hold between a rollout and the service's versions.</summary>
    /// <param name="reader">Takes what is wrong.</param>
    /// <param name="service">What has it.</param>
    /// <param name="config">The rollout.</param>
    /// <param name="versions">As written: one whose content is in error counts as there.</param>
    public static void CheckVersions(ConfigReader reader, ServiceConfig service, RolloutConfig config, MappingNode versions)
    {
        int errors = reader.Errors.Count;
        Check(config.Canary, config.CanaryPosition);
        if (config.Baseline.Length > 0 && config.Baseline == config.Canary && reader.Errors.Count == errors)
        {
            string others = string.Join(", ", versions.Entries.Select(entry => entry.Key).Where(name => name != config.Canary));
            reader.Error(
                config.BaselinePosition,
                $"{config.Baseline} is the canary, and cannot be compared with itself; expected another version{(others.Length > 0 ? $": {others}" : ", and the service has no other")}");
        }
        else if (config.Baseline != config.Canary)
        {
            Check(config.Baseline, config.BaselinePosition);
        }
        if (config is { Canary.Length: > 0, Baseline.Length: > 0 } && reader.Errors.Count == errors)
            CheckOthers(reader, service, config);

        void Check(string name, ConfigPosition at)
        {
            if (name.Length > 0 && versions.Find(name) is null)
                reader.Error(at, KeySuggestion.Unknown("version", name, versions.Entries.Select(entry => entry.Key)));
        }
    }

    // A split of three would leave no share of its own to the baseline, which is what the canary is compared with.
    private static void CheckOthers(ConfigReader reader, ServiceConfig service, RolloutConfig config)
    {
        foreach (VersionConfig version in service.Versions)
        {
            if (version.Weight == 0 || version.Name == config.Canary || version.Name == config.Baseline || reader.HasErrorUnder(version.KeyPosition.Path))
                continue;
            reader.Error(
                version.WeightPosition ?? version.KeyPosition,
                $"expected weight: 0, got {version.Weight}{(version.WeightPosition is null ? ", which is the default" : "")}: with a rollout the split is between"
                + $" {config.Baseline} and {config.Canary}; rules can still send requests to {version.Name}");
        }
    }

    private static void ReadNotify(ConfigReader reader, ConfigNode node, RolloutConfig config)
    {
        var notify = new List<NotifyConfig>();
        foreach (ConfigNode item in reader.List(node, "notifier", mayBeEmpty: true))
            notify.Add(NotifySection.Read(reader, item));
        config.Notify = notify;
    }
}
