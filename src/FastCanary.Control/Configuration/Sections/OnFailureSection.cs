using FastCanary.Release;

namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.onFailure</c>.</summary>
internal static class OnFailureSection
{
    private static readonly TimeSpan IntervalMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IntervalMax = TimeSpan.FromHours(1);

    public static readonly Section<OnFailureConfig> Keys = new(
        "onFailure",
        new("action", (reader, node, config) => config.Action = reader.Choice(node, ("rollback", FailureAction.Rollback), ("hold", FailureAction.Hold)) ?? config.Action),
        new("mode", (reader, node, config) => config.IsGradual = reader.Choice(node, ("immediate", false), ("gradual", true)) ?? config.IsGradual),
        new("step", (reader, node, config) => config.StepBasisPoints = reader.Share(node, 1, ConfigReader.ShareMax) ?? config.StepBasisPoints),
        new("interval", (reader, node, config) => config.Interval = reader.Duration(node, IntervalMin, IntervalMax) ?? config.Interval));

    public static void Read(ConfigReader reader, ConfigNode node, OnFailureConfig config)
    {
        int errors = reader.Errors.Count;
        Keys.Read(reader, node, config);
        if (node is not MappingNode mapping || reader.Errors.Count > errors)
            return;
        foreach (MappingEntry entry in mapping.Entries)
        {
            if (entry.Key is not "action" && config.Action == FailureAction.Hold)
                reader.Warning(entry.KeyPosition, "does nothing: with \"action: hold\" the share stays where it is");
            else if (entry.Key is "step" or "interval" && !config.IsGradual)
                reader.Warning(entry.KeyPosition, "does nothing without \"mode: gradual\": the share is taken back at once");
        }
    }
}
