namespace FastCanary.Control;

/// <summary><c>services.NAME.fault</c>.</summary>
internal static class FaultSection
{
    public const int StatusMin = 400;
    public const int StatusMax = 599;

    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(60);

    public static readonly Section<FaultConfig> Keys = new(
        "fault",
        new("version", (reader, node, config) => (config.Version, config.VersionPosition) = (VersionSection.ReadName(reader, node) ?? "", node.Position), Required: true),
        new("percent", (reader, node, config) => config.BasisPoints = reader.Share(node) ?? config.BasisPoints, Required: true),
        new("status", (reader, node, config) => config.Status = reader.Whole(node, StatusMin, StatusMax) ?? config.Status),
        new("delay", ReadDelay));

    public static FaultConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new FaultConfig();
        Keys.Read(reader, node, config);
        if (node is MappingNode mapping && mapping.Find("status") is null && mapping.Find("delay") is null)
            reader.Error(mapping.Position, "a drill needs \"status\", \"delay\" or both");
        return config;
    }

    private static void ReadDelay(ConfigReader reader, ConfigNode node, FaultConfig config)
    {
        TimeSpan min = default;
        TimeSpan max = default;
        if (reader.Text(node, "a time up to 60s or a range of times, such as 500ms, 0-500ms or 100ms-1s", text => TryParseDelay(text, out min, out max)) is not null)
            (config.DelayMin, config.DelayMax) = (min, max);
    }

    // The first time of a range may do without its unit: it has the second's then.
    private static bool TryParseDelay(string text, out TimeSpan min, out TimeSpan max)
    {
        int hyphen = text.IndexOf('-', StringComparison.Ordinal);
        string longest = text[(hyphen + 1)..];
        min = default;
        if (!ConfigReader.TryParseDuration(longest, out max) || max > DelayMax)
            return false;
        if (hyphen < 0)
        {
            min = max;
            return true;
        }
        string shortest = text[..hyphen];
        if (shortest.Length > 0 && char.IsAsciiDigit(shortest[^1]))
            shortest += longest.TrimStart("0123456789".ToCharArray());
        return (shortest is "0ms" or "0s" or "0m" || ConfigReader.TryParseDuration(shortest, out min)) && min <= max;
    }
}
