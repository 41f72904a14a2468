namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis.harm</c>.</summary>
internal static class HarmSection
{
    public static readonly Section<HarmConfig> Keys = new(
        "harm",
        new SectionKey<HarmConfig>("max", (reader, node, config) => config.Max = reader.Whole(node, 1, AnalysisSection.CountMax) ?? config.Max, Required: true));
}
