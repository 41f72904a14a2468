using System.Net;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>An item of <c>listeners</c>.</summary>
internal static class ListenerSection
{
    public static readonly Section<ListenerConfig> Keys = new(
        "listener",
        new("address", ReadAddress, Required: true),
        new("protocol", (reader, node, config) =>
            config.Protocol = reader.Choice<ListenerProtocol>(node, ("http", ListenerProtocol.Http), ("tcp", ListenerProtocol.Tcp)) ?? config.Protocol),
        new("service", (reader, node, config) => (config.Service, config.ServicePosition) = (RouteSection.ReadService(reader, node), node.Position)),
        new("routes", ReadRoutes),
        new("timeouts", (reader, node, config) => ListenerTimeoutsSection.Keys.Read(reader, node, config.Timeouts)),
        new("limits", (reader, node, config) => ListenerLimitsSection.Read(reader, node, config.Limits)),
        new("trustedProxies", ReadTrustedProxies),
        new("proxyProtocol", (reader, node, config) => config.ProxyProtocol = reader.Boolean(node) ?? config.ProxyProtocol),
        new("xForwarded", (reader, node, config) =>
            config.XForwarded = reader.Choice(node, ("append", ForwardedMode.Append), ("replace", ForwardedMode.Replace)) ?? config.XForwarded),
        new("forwarded", (reader, node, config) => config.Forwarded = reader.Choice(
            node, ("off", ForwardedMode.Off), ("append", ForwardedMode.Append), ("replace", ForwardedMode.Replace)) ?? config.Forwarded));

    public static ListenerConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new ListenerConfig();
        Keys.Read(reader, node, config);
        if (node is not MappingNode mapping)
            return config;

        MappingEntry? routes = mapping.Find("routes");
        bool hasService = mapping.Find("service") is not null;
        if (config.Protocol == ListenerProtocol.Tcp)
            CheckTcp(reader, mapping, config, hasService);
        else if (hasService && routes is not null)
            reader.Error(routes.KeyPosition, "a listener has either \"service\" or \"routes\", not both");
        else if (!hasService && routes is null)
            reader.Error(mapping.Position, "a listener needs \"service\" or \"routes\"");
        if (config.ProxyProtocol && mapping.Find("trustedProxies")?.Value is null or SequenceNode { Items.Count: 0 })
            reader.Error(mapping.Find("proxyProtocol")!.Value.Position, "needs \"trustedProxies\": nobody else's PROXY header is believed");
        return config;
    }

    private static void ReadAddress(ConfigReader reader, ConfigNode node, ListenerConfig config)
    {
        const string Expected = "an IP address and a port from 1 to 65535, such as 0.0.0.0:8080 or \"[::]:8080\"";
        IPAddress? address = null;
        HostPort hostPort = default;
        string? text = reader.Text(node, Expected, text => HostPort.TryParse(text, out hostPort) && IPAddress.TryParse(hostPort.Host, out address));
        if (text is null)
            return;
        config.Address = text;
        config.AddressPosition = node.Position;
        config.BindTo = new IPEndPoint(address!, hostPort.Port);
    }

    private static void ReadRoutes(ConfigReader reader, ConfigNode node, ListenerConfig config)
    {
        var routes = new List<RouteConfig>();
        foreach (ConfigNode item in reader.List(node, "route"))
        {
            RouteConfig route = RouteSection.Read(reader, item);
            // A route that could not be read is not judged: one mistake is one error.
            if (route.Service.Length > 0 && routes.Find(earlier => earlier.Service.Length > 0 && earlier.Covers(route)) is { } first)
                reader.Error(route.Position, $"this route is never reached: the one at line {first.Position.Line} takes every request that it would");
            routes.Add(route);
        }
        config.Routes = routes;
    }

    private static void ReadTrustedProxies(ConfigReader reader, ConfigNode node, ListenerConfig config)
    {
        var networks = new List<IPNetwork>();
        foreach (ConfigNode item in reader.List(node, "network", mayBeEmpty: true))
        {
            if (reader.Network(item) is { } network)
                networks.Add(network);
        }
        config.TrustedProxies = networks;
    }

    private static void CheckTcp(ConfigReader reader, MappingNode mapping, ListenerConfig config, bool hasService)
    {
        if (mapping.Find("routes") is { } routes)
            reader.Error(routes.KeyPosition, "a tcp listener has no routes, since it sees no host and no path; give it a \"service\"");
        else if (!hasService)
            reader.Error(mapping.Position, "a tcp listener needs \"service\"");

        // What would be accepted and do nothing is refused.
        if (mapping.Find("timeouts") is { } timeouts)
            reader.Error(timeouts.KeyPosition, "has no meaning on a tcp listener; the service's timeouts.tunnel bounds its connections");
        foreach (string key in (ReadOnlySpan<string>)["xForwarded", "forwarded"])
        {
            if (mapping.Find(key) is { } forwarded)
                reader.Error(forwarded.KeyPosition, "has no meaning on a tcp listener");
        }
        if (!config.ProxyProtocol && mapping.Find("trustedProxies") is { Value: not SequenceNode { Items.Count: 0 } } trusted
            && (mapping.Find("proxyProtocol") is not { } proxy || !reader.HasErrorAt(proxy.Value.Position.Path)))
        {
            reader.Error(trusted.KeyPosition, "has no meaning without proxyProtocol on a tcp listener, which has no other word about the client");
        }
        if (mapping.Find("limits")?.Value is not MappingNode limits)
            return;
        foreach (MappingEntry limit in limits.Entries)
        {
            if (limit.Key is not "connections" && ListenerLimitsSection.Keys.Keys.Contains(limit.Key, StringComparer.Ordinal))
                reader.Error(limit.KeyPosition, "has no meaning on a tcp listener");
        }
    }
}
