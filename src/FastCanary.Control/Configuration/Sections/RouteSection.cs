namespace FastCanary.Control;

/// <summary>An item of <c>listeners[].routes</c>.</summary>
internal static class RouteSection
{
    public static readonly Section<RouteConfig> Keys = new(
        "route",
        new("host", (reader, node, config) => config.Host = ReadHost(reader, node)),
        new("path", (reader, node, config) => config.Path = ReadPath(reader, node)),
        new("service", (reader, node, config) => (config.Service, config.ServicePosition) = (ReadService(reader, node) ?? "", node.Position), Required: true));

    public static RouteConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new RouteConfig { Position = node.Position };
        int errors = reader.Errors.Count;
        Keys.Read(reader, node, config);
        if (reader.Errors.Count > errors)
            config.Service = "";
        return config;
    }

    public static string? ReadHost(ConfigReader reader, ConfigNode node) =>
        reader.Text(node, "a host name without a port, such as shop.example or \"*.shop.example\"", IsHost);

    public static string? ReadPath(ConfigReader reader, ConfigNode node) =>
        reader.Text(node, "a path that begins with \"/\" and has no query, such as /api/", IsPath);

    public static string? ReadService(ConfigReader reader, ConfigNode node) => reader.Text(node, "the name of a service", ConfigReader.IsName);

    private static bool IsHost(string text)
    {
        if (text.StartsWith('['))
            return text.EndsWith(']') && HostPort.IsIPv6(text[1..^1]);
        return HostPort.IsIPv4(text) || HostPort.IsName(text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text);
    }

    // Visible ASCII, which is all that a request target may be made of (RFC 9112, section 3.2).
    private static bool IsPath(string text) =>
        text.StartsWith('/') && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.AsSpan().ContainsAny('?', '#');
}
