namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis.errors</c>.</summary>
internal static class ErrorsSection
{
    public static readonly Section<ErrorsConfig> Keys = new(
        "errors",
        new("status", (reader, node, config) => config.Statuses = reader.Statuses(node) ?? config.Statuses),
        new("maxRate", (reader, node, config) => config.MaxRateBasisPoints = reader.Share(node, 1, ConfigReader.ShareMax) ?? config.MaxRateBasisPoints),
        new("compare", (reader, node, config) => config.Compare = reader.Boolean(node) ?? config.Compare));
}
