using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary><c>services.NAME.affinity.assign</c>, as a mapping.</summary>
internal static class AffinityCookieSection
{
    // Browsers keep no cookie for longer (RFC 6265bis, section 5.5).
    private static readonly TimeSpan MaxAgeMax = TimeSpan.FromHours(9600);

    public static readonly Section<AffinityCookieConfig> Keys = new(
        "affinityCookie",
        new("cookie", (reader, node, config) => config.Name = reader.Text(node, $"a cookie's name: {RuleSection.ExpectedToken}", ConfigReader.IsToken) ?? config.Name),
        new("path", (reader, node, config) => config.Path = reader.Text(node, "a path that begins with \"/\" and has no \";\", such as /shop", IsPath) ?? config.Path),
        new("secure", (reader, node, config) => config.Secure = reader.Boolean(node) ?? config.Secure),
        new("httpOnly", (reader, node, config) => config.HttpOnly = reader.Boolean(node) ?? config.HttpOnly),
        new("sameSite", (reader, node, config) =>
            config.SameSite = reader.Choice(node, ("lax", SameSite.Lax), ("strict", SameSite.Strict), ("none", SameSite.None)) ?? config.SameSite),
        new("maxAge", ReadMaxAge));

    public static void Read(ConfigReader reader, ConfigNode node, AffinityCookieConfig config)
    {
        Keys.Read(reader, node, config);
        if (config.SameSite != SameSite.None || config.Secure || node is not MappingNode mapping)
            return;
        if (mapping.Find("secure") is not { } secure || !reader.HasErrorAt(secure.Value.Position.Path))
            reader.Error(mapping.Find("sameSite")!.Value.Position, "none needs \"secure: true\": browsers refuse the cookie otherwise");
    }

    private static void ReadMaxAge(ConfigReader reader, ConfigNode node, AffinityCookieConfig config)
    {
        if (reader.Duration(node, TimeSpan.FromSeconds(1), MaxAgeMax) is not { } maxAge)
            return;
        if (maxAge.Milliseconds != 0)
            reader.Error(node.Position, $"expected whole seconds, got {ConfigReader.Written(maxAge)}");
        config.MaxAge = maxAge;
    }

    private static bool IsPath(string text) =>
        text.StartsWith('/') && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.Contains(';', StringComparison.Ordinal);
}
