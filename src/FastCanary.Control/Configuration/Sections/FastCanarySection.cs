using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>The top of the file, and what must hold between its parts.</summary>
internal static class FastCanarySection
{
    public static readonly Section<FastCanaryConfig> Keys = new(
        "fastcanary",
        new("listeners", ReadListeners, Required: true),
        new("services", ReadServices, Required: true),
        new("runtime", (reader, node, config) => RuntimeSection.Keys.Read(reader, node, config.Runtime)),
        new("geoip", (reader, node, config) => config.Geoip = GeoipSection.Read(reader, node)),
        new("allowFaultInjection", (reader, node, config) => config.AllowFaultInjection = reader.Boolean(node) ?? config.AllowFaultInjection),
        new("admin", (reader, node, config) => AdminSection.Read(reader, node, config.Admin)),
        new("log", (reader, node, config) => LogSection.Keys.Read(reader, node, config.Log)),
        new("state", (reader, node, config) => StateSection.Keys.Read(reader, node, config.State = new StateConfig())),
        new("configSource", Read: null),
        new("tracing", Read: null));

    /// <summary>Every kind of mapping there is.</summary>
    public static IReadOnlyList<Section> All { get; } =
    [
        Keys,
        ListenerSection.Keys, ListenerTimeoutsSection.Keys, ListenerLimitsSection.Keys, RouteSection.Keys,
        ServiceSection.Keys, ServiceTimeoutsSection.Keys, ServiceLimitsSection.Keys, VersionSection.Keys, EndpointSection.Keys,
        RuleSection.Keys, NamedConditionSection.Keys, AffinitySection.Keys, AffinityCookieSection.Keys, FeatureSection.Keys,
        OutlierSection.Keys, QueueSection.Keys, DnsSection.Keys, RetrySection.Keys, MirrorSection.Keys, MirrorCompareSection.Keys, FaultSection.Keys,
        HealthSection.Keys, RolloutSection.Keys, RolloutStepSection.Keys, AnalysisSection.Keys, ErrorsSection.Keys, LatencySection.Keys, ResourcesSection.Keys,
        ResourceEndpointsSection.Keys, BusinessSection.Keys, QuerySection.Keys, HarmSection.Keys, ThresholdsSection.Keys, OnFailureSection.Keys, DeadlinesSection.Keys,
        DeadlineSection.Keys, ScheduleSection.Keys, PromotionSection.Keys, NotifySection.Keys,
        AdminSection.Keys, AdminTokensSection.Keys, LogSection.Keys, AccessLogSection.Keys, StateSection.Keys, JournalSection.Keys,
        RuntimeSection.Keys, GeoipSection.Keys,
    ];

    public static void Read(ConfigReader reader, ConfigNode root, FastCanaryConfig config)
    {
        Keys.Read(reader, root, config);
        CheckAddresses(reader, config);
        if (root is not MappingNode mapping)
            return;
        CheckServices(reader, config, mapping);
        CheckUsers(reader, config, mapping);
        CheckPermissions(reader, config, mapping);
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
        if (config.Admin is { IsWritten: true, BindTo: { } admin } && lines.TryGetValue(admin, out int line))
            reader.Error(config.Admin.AddressPosition, $"{config.Admin.Address} is taken by the listener at line {line}");
    }

    private static void CheckServices(ConfigReader reader, FastCanaryConfig config, MappingNode root)
    {
        // A service whose own name is in error still counts as named, so that one mistake is one error.
        if (root.Find("services")?.Value is not MappingNode { Entries.Count: > 0 } services)
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
            if (name.Length > 0 && services.Find(name) is null)
                reader.Error(at, KeySuggestion.Unknown("service", name, services.Entries.Select(entry => entry.Key)));
        }
    }

    // What a service has and the listeners that use it have no use for.
    private static void CheckUsers(ConfigReader reader, FastCanaryConfig config, MappingNode root)
    {
        foreach (ServiceConfig service in config.Services)
        {
            ListenerConfig? http = null;
            bool tcp = false;
            foreach (ListenerConfig listener in config.Listeners)
            {
                if (listener.Service != service.Name && !listener.Routes.Any(route => route.Service == service.Name))
                    continue;
                if (listener.Protocol == ListenerProtocol.Http)
                    http ??= listener;
                else
                    tcp = true;
            }
            if (http is not null && service.ProxyProtocol != ProxyProtocolVersion.None)
            {
                reader.Error(
                    service.ProxyProtocolPosition,
                    $"the http listener {http.Address} uses this service, and requests of many clients share its connections; a PROXY header is for tcp listeners alone");
            }
            if (http is null && tcp)
                WarnOfRequests(reader, service);
            if (service.Rollout is { } rollout && root.Find("state") is null)
            {
                reader.Warning(
                    rollout.KeyPosition, "a restart forgets where the rollout is, and its journal: without \"state\" at the top of the file, nothing is kept");
            }
        }
    }

    private static void WarnOfRequests(ConfigReader reader, ServiceConfig service)
    {
        const string OnlyTcp = "only tcp listeners use the service, and they see no requests";
        foreach (RuleConfig rule in service.Rules)
        {
            string keys = string.Join(", ", RuleSection.KeysOfRequests(rule));
            if (rule.IsWhole && keys.Length > 0)
                reader.Warning(rule.Position, $"this rule never matches, because of {keys}: {OnlyTcp}");
        }
        if (service.Affinity is { Source: not AffinityKeySource.ClientIp, Name.Length: > 0 } affinity)
            reader.Warning(affinity.KeyPosition, $"finds no key: {OnlyTcp}; client-ip would");
        if (service.Rollout is { } rollout)
            reader.Warning(rollout.KeyPosition, $"statuses, latency and business errors are not judged, connections that fail are: {OnlyTcp}");
    }

    // What one part of the file allows another to have.
    private static void CheckPermissions(ConfigReader reader, FastCanaryConfig config, MappingNode root)
    {
        foreach (ServiceConfig service in config.Services)
        {
            if (service.Fault is { } fault && !config.AllowFaultInjection && !reader.HasErrorAt("allowFaultInjection"))
                reader.Error(fault.KeyPosition, "a fault drill fails requests on purpose; it needs \"allowFaultInjection: true\" at the top of the file");
            foreach (RuleConfig rule in service.Rules)
            {
                if (rule.CountryPosition.Path is not null && root.Find("geoip") is null)
                    reader.Error(rule.CountryPosition, "needs \"geoip.database\" at the top of the file: without it no client has a country");
            }
        }
    }
}
