namespace FastCanary.Control;

/// <summary><c>services.NAME.rollout.analysis.thresholds</c>.</summary>
internal static class ThresholdsSection
{
    private static readonly TimeSpan PeriodMin = TimeSpan.FromSeconds(1);

    public static readonly Section<ThresholdsConfig> Keys = new(
        "thresholds",
        new("successRate", (reader, node, config) => config.SuccessRateBasisPoints = reader.Share(node) ?? config.SuccessRateBasisPoints),
        new("latencyIncrease", (reader, node, config) =>
            config.LatencyIncreaseBasisPoints = reader.Share(node, 0, LatencySection.IncreaseMax) ?? config.LatencyIncreaseBasisPoints),
        new("cpu", (reader, node, config) => config.CpuBasisPoints = reader.Share(node, 1, ResourcesSection.CpuMax) ?? config.CpuBasisPoints),
        new("business", (reader, node, config) => config.Business = reader.Whole(node, 0, AnalysisSection.CountMax) ?? config.Business),
        new("healthy", (reader, node, config) => config.HealthyBasisPoints = reader.Share(node, 1, ConfigReader.ShareMax) ?? config.HealthyBasisPoints),
        new("unhealthy", (reader, node, config) => config.UnhealthyBasisPoints = reader.Share(node, 1, ConfigReader.ShareMax) ?? config.UnhealthyBasisPoints),
        new("period", (reader, node, config) => config.Period = reader.Duration(node, PeriodMin, ConfigReader.DurationMax) ?? config.Period));
}
