namespace FastCanary.Control;

/// <summary><c>services.NAME.dns</c>.</summary>
internal static class DnsSection
{
    private static readonly TimeSpan IntervalMin = TimeSpan.FromSeconds(1);

    public static readonly Section<DnsConfig> Keys = new(
        "dns",
        new SectionKey<DnsConfig>("interval", (reader, node, config) => config.Interval = reader.Duration(node, IntervalMin, ConfigReader.DurationMax) ?? config.Interval));
}
