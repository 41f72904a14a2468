using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary><c>services.NAME.affinity</c>.</summary>
internal static class AffinitySection
{
    public static readonly Section<AffinityConfig> Keys = new(
        "affinity",
        new("key", ReadKey, Required: true),
        new("salt", (reader, node, config) => config.Salt = reader.Text(node, "text", _ => true) ?? config.Salt),
        new("assign", ReadAssign));

    public static AffinityConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new AffinityConfig { Position = node.Position };
        Keys.Read(reader, node, config);
        if (config is { Assign: { } assign, KeyPosition.Path: { } key } && !reader.HasErrorAt(key))
            CheckAssign(reader, ((MappingNode)node).Find("assign")!, config, assign);
        return config;
    }

    private static void ReadKey(ConfigReader reader, ConfigNode node, AffinityConfig config)
    {
        const string Expected = "\"header NAME\", \"cookie NAME\", \"query NAME\" or client-ip";
        config.KeyPosition = node.Position;
        AffinityKeySource source = default;
        string name = "";
        if (reader.Text(node, Expected, text => TryParseKey(text, out source, out name)) is not null)
            (config.Source, config.Name) = (source, name);
    }

    private static bool TryParseKey(string text, out AffinityKeySource source, out string name)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        name = space < 0 ? "" : text[(space + 1)..];
        (source, bool fits) = (space < 0 ? text : text[..space]) switch
        {
            "header" => (AffinityKeySource.Header, ConfigReader.IsToken(name)),
            "cookie" => (AffinityKeySource.Cookie, ConfigReader.IsToken(name)),
            "query" => (AffinityKeySource.Query, RuleSection.IsParameter(name) && name.Trim() == name),
            "client-ip" => (AffinityKeySource.ClientIp, space < 0),
            _ => (default, false),
        };
        return fits;
    }

    private static void ReadAssign(ConfigReader reader, ConfigNode node, AffinityConfig config)
    {
        var assign = new AffinityCookieConfig();
        if (node is MappingNode)
            AffinityCookieSection.Read(reader, node, assign);
        else if (reader.Text(node, "cookie, or a mapping that describes the cookie", text => text == "cookie") is null)
            return;
        config.Assign = assign;
    }

    private static void CheckAssign(ConfigReader reader, MappingEntry entry, AffinityConfig config, AffinityCookieConfig assign)
    {
        if (config.Source == AffinityKeySource.ClientIp)
            reader.Error(entry.KeyPosition, "has no meaning with the key client-ip: every client has an address");
        string name = config.Source == AffinityKeySource.Cookie ? config.Name : AffinityCookieConfig.NameDefault;
        if (assign.Name.Length == 0)
            assign.Name = name;
        else if (config.Source == AffinityKeySource.Cookie && assign.Name != config.Name && entry.Value is MappingNode cookie)
            reader.Error(cookie.Find("cookie")!.Value.Position, $"expected {config.Name}, the cookie that the key is read from, got {ScalarNode.Quote(assign.Name)}");
    }
}
