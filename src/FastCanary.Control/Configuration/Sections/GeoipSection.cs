namespace FastCanary.Control;

/// <summary><c>geoip</c>.</summary>
internal static class GeoipSection
{
    public static readonly Section<GeoipConfig> Keys = new("geoip", new SectionKey<GeoipConfig>("database", ReadDatabase, Required: true));

    public static GeoipConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new GeoipConfig { DatabasePosition = node.Position };
        Keys.Read(reader, node, config);
        return config;
    }

    private static void ReadDatabase(ConfigReader reader, ConfigNode node, GeoipConfig config)
    {
        config.DatabasePosition = node.Position;
        config.Database = reader.Text(node, "the path of a country database in MaxMind DB format (mmdb)", text => text.Length > 0 && ConfigReader.IsPlain(text)) ?? "";
    }
}
