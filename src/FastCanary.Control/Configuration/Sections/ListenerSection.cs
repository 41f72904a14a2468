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
        new("trustedProxies", ReadTrustedProxies));

    public static ListenerConfig Read(ConfigReader reader, ConfigNode node)
    {
        var config = new ListenerConfig();
        Keys.Read(reader, node, config);
        if (node is not MappingNode mapping)
            return config;

        MappingEntry? routes = mapping.Find("routes");
        bool hasService = mapping.Find("service") is not null;
        if (config.Protocol == ListenerProtocol.Tcp)
            CheckTcp(reader, mapping, hasService);
        else if (hasService && routes is not null)
            reader.Error(routes.KeyPosition, "a listener has either \"service\" or \"routes\", not both");
        else if (!hasService && routes is null)
            reader.Error(mapping.Position, "a listener needs \"service\" or \"routes\"");
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
            const string Expected = "a network such as 10.0.0.0/8 or \"2001:db8::/32\" with no bits set behind its prefix, or an IP address";
            IPNetwork network = default;
            if (reader.Text(item, Expected, text => TryParseNetwork(text, out network)) is not null)
                networks.Add(network);
        }
        config.TrustedProxies = networks;
    }

    private static bool TryParseNetwork(string text, out IPNetwork network)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string host = slash < 0 ? text : text[..slash];
        network = default;
        if (!HostPort.IsIPv4(host) && !HostPort.IsIPv6(host))
            return false;
        IPAddress address = IPAddress.Parse(host);
        long length = address.GetAddressBytes().Length * 8;
        if (slash >= 0 && !ConfigReader.TryParseDigits(text.AsSpan(slash + 1), out length))
            return false;

        // Some runtimes refuse bits behind the prefix and others clear them: 10.1.0.0/8 is a slip for one of two things.
        return IPNetwork.TryParse($"{host}/{length}", out network) && network.BaseAddress.Equals(address);
    }

    private static void CheckTcp(ConfigReader reader, MappingNode mapping, bool hasService)
    {
        if (mapping.Find("routes") is { } routes)
            reader.Error(routes.KeyPosition, "a tcp listener has no routes, since it sees no host and no path; give it a \"service\"");
        else if (!hasService)
            reader.Error(mapping.Position, "a tcp listener needs \"service\"");

        // What would be accepted and do nothing is refused.
        if (mapping.Find("timeouts") is { } timeouts)
            reader.Error(timeouts.KeyPosition, "has no meaning on a tcp listener; the service's timeouts.tunnel bounds its connections");
        if (mapping.Find("trustedProxies") is { Value: not SequenceNode { Items.Count: 0 } } trusted)
            reader.Error(trusted.KeyPosition, "is not supported yet on a tcp listener");
        if (mapping.Find("limits")?.Value is not MappingNode limits)
            return;
        foreach (MappingEntry limit in limits.Entries)
        {
            if (limit.Key is not "connections" && ListenerLimitsSection.Keys.Keys.Contains(limit.Key, StringComparer.Ordinal))
                reader.Error(limit.KeyPosition, "has no meaning on a tcp listener");
        }
    }
}
