namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis.business</c>.</summary>
internal static class BusinessSection
{
    public static readonly Section<BusinessConfig> Keys = new(
        "business",
        new("header", (reader, node, config) =>
            config.Header = reader.Text(node, $"a field's name: {RuleSection.ExpectedToken}", ConfigReader.IsToken) ?? config.Header, Required: true),
        new("max", (reader, node, config) => config.Max = reader.Whole(node, 0, AnalysisSection.CountMax) ?? config.Max));
}
