using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary><c>services.NAME.retry</c>.</summary>
internal static class RetrySection
{
    public const int AttemptsMax = 10;

    public static readonly Section<RetryConfig> Keys = new(
        "retry",
        new("attempts", (reader, node, config) => config.Attempts = reader.Whole(node, 0, AttemptsMax) ?? config.Attempts),
        new("budget", (reader, node, config) => config.BudgetBasisPoints = reader.Share(node) ?? config.BudgetBasisPoints),
        new("rescue", (reader, node, config) => (config.Rescue, config.RescuePosition) = (reader.Boolean(node) ?? config.Rescue, node.Position)),
        new("on", ReadCauses));

    public static RetryConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new RetryConfig { Position = node.Position };
        int errors = reader.Errors.Count;
        Keys.Read(reader, node, config);
        if (config.Attempts == 0 && !config.Rescue && reader.Errors.Count == errors)
            reader.Warning(((MappingNode)node).Find("attempts")!.Value.Position, "with no attempts and without \"rescue: true\", nothing is sent again: \"retry\" does nothing");
        return config;
    }

    private static void ReadCauses(ConfigReader reader, ConfigNode node, RetryConfig config)
    {
        var causes = RetryCauses.None;
        foreach (ConfigNode item in reader.List(node, "cause"))
        {
            causes |= reader.Choice(
                item,
                ("connect", RetryCauses.Connect), ("reset", RetryCauses.Reset), ("timeout", RetryCauses.Timeout),
                ("500", RetryCauses.Status500), ("502", RetryCauses.Status502), ("503", RetryCauses.Status503), ("504", RetryCauses.Status504),
                ("5xx", RetryCauses.Status5xx)) ?? RetryCauses.None;
        }
        config.Causes = causes;
    }
}
