namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.promotion</c>.</summary>
internal static class PromotionSection
{
    public const int HoldBackMax = 5000;

    public static readonly Section<PromotionConfig> Keys = new(
        "promotion",
        new("watch", (reader, node, config) => config.Watch = reader.Duration(node, TimeSpan.Zero, RolloutStepSection.HoldMax) ?? config.Watch),
        new("holdBack", (reader, node, config) => config.HoldBackBasisPoints = reader.Share(node, 0, HoldBackMax) ?? config.HoldBackBasisPoints));

    public static void Read(ConfigReader reader, ConfigNode node, PromotionConfig config)
    {
        Keys.Read(reader, node, config);
        if (config.Watch == TimeSpan.Zero && config.HoldBackBasisPoints > 0 && (node as MappingNode)?.Find("holdBack") is { } holdBack && !reader.HasErrorAt(holdBack.Value.Position.Path))
            reader.Warning(holdBack.KeyPosition, "does nothing with \"watch: 0s\": the baseline keeps its share only while the canary is watched");
    }
}
