namespace FastCanary.Control;

/// <summary>The top of the file, and what must hold between its parts.</summary>
internal static class FastCanarySection
{
    public static readonly Section<FastCanaryConfig> Keys = new(
        "fastcanary",
        new("listeners", ReadListeners, Required: true),
        new("services", ReadServices, Required: true),
        new("runtime", (reader, node, config) => RuntimeSection.Keys.Read(reader, node, config.Runtime)),
        new("admin", Read: null),
        new("configSource", Read: null),
        new("geoip", Read: null),
        new("log", Read: null),
        new("tracing", Read: null),
        new("state", Read: null),
        new("allowFaultInjection", Read: null));

    /// <summary>Every kind of mapping there is.</summary>
    public static IReadOnlyList<Section> All { get; } =
    [
        Keys,
        ListenerSection.Keys, ListenerTimeoutsSection.Keys, ListenerLimitsSection.Keys, RouteSection.Keys,
        ServiceSection.Keys, ServiceTimeoutsSection.Keys, ServiceLimitsSection.Keys, VersionSection.Keys, EndpointSection.Keys,
        RuntimeSection.Keys,
    ];

    public static void Read(ConfigReader reader, ConfigNode root, FastCanaryConfig config)
    {
        Keys.Read(reader, root, config);
        CheckAddresses(reader, config);
        CheckServices(reader, config, root as MappingNode);
    }

    private static void ReadListeners(ConfigReader reader, ConfigNode node, FastCanaryConfig config)
    {
        var listeners = new List<ListenerConfig>();
        foreach (ConfigNode item in reader.List(node, "listener"))
            listeners.Add(ListenerSection.Read(reader, item));
        config.Listeners = listeners;
    }

    private static void ReadServices(ConfigReader reader, ConfigNode node, FastCanaryConfig config)
    {
        var services = new List<ServiceConfig>();
        foreach (MappingEntry entry in reader.Named(node, "service"))
            services.Add(ServiceSection.Read(reader, entry));
        config.Services = services;
    }

    private static void CheckAddresses(ConfigReader reader, FastCanaryConfig config)
    {
        var lines = new Dictionary<System.Net.IPEndPoint, int>();
        foreach (ListenerConfig listener in config.Listeners)
        {
            if (listener.Address.Length > 0 && !lines.TryAdd(listener.BindTo, listener.AddressPosition.Line))
                reader.Error(listener.AddressPosition, $"{listener.Address} is taken by the listener at line {lines[listener.BindTo]}");
        }
    }

    private static void CheckServices(ConfigReader reader, FastCanaryConfig config, MappingNode? root)
    {
        // A service whose own name is in error still counts as named, so that one mistake is one error.
        if (root?.Find("services")?.Value is not MappingNode { Entries.Count: > 0 } services)
            return;
        foreach (ListenerConfig listener in config.Listeners)
        {
            if (listener.Service is { } service)
                Check(service, listener.ServicePosition);
            foreach (RouteConfig route in listener.Routes)
                Check(route.Service, route.ServicePosition);
        }

        void Check(string name, ConfigPosition at)
        {
            if (name.Length == 0 || services.Find(name) is not null)
                return;
            IEnumerable<string> known = services.Entries.Select(entry => entry.Key);
            string suggestion = KeySuggestion.Nearest(name, known) is { } nearest ? $"; did you mean {ScalarNode.Quote(nearest)}?" : ";";
            reader.Error(at, $"unknown service {ScalarNode.Quote(name)}{suggestion} services: {string.Join(", ", known)}");
        }
    }
}
