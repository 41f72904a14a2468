using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary><c>services.NAME.outlier</c>.</summary>
internal static class OutlierSection
{
    public const int FailuresMax = 1_000_000;

    public static readonly Section<OutlierConfig> Keys = new(
        "outlier",
        new("consecutiveFailures", (reader, node, config) => config.ConsecutiveFailures = reader.Whole(node, 1, FailuresMax) ?? config.ConsecutiveFailures),
        new("failures", ReadFailures),
        new("eject", (reader, node, config) => config.Eject = reader.Duration(node) ?? config.Eject),
        new("maxEjected", (reader, node, config) => config.EjectedMaxBasisPoints = reader.Share(node) ?? config.EjectedMaxBasisPoints));

    private static void ReadFailures(ConfigReader reader, ConfigNode node, OutlierConfig config)
    {
        var failures = OutlierFailures.None;
        foreach (ConfigNode item in reader.List(node, "failure"))
        {
            failures |= reader.Choice(
                item, ("connect", OutlierFailures.Connect), ("timeout", OutlierFailures.Timeout), ("reset", OutlierFailures.Reset), ("5xx", OutlierFailures.Status5xx)) ?? OutlierFailures.None;
        }
        config.Failures = failures;
    }
}
