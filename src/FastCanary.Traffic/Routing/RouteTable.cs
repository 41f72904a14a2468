namespace FastCanary.Traffic;

/// <summary>Which service a request goes to: the first route whose host and path both match. Immutable; shared by all loops.</summary>
public sealed class RouteTable
{
    private readonly Entry[] _entries;

    private RouteTable(Entry[] entries) => _entries = entries;

    /// <summary>Matches nothing.</summary>
    public static RouteTable Empty { get; } = new([]);

    /// <summary>Everything goes to one service.</summary>
    public static RouteTable To(ServiceModel service) => Compile([new Route(null, null, service)]);

    /// <summary>Prepares routes for matching, in their order.</summary>
    public static RouteTable Compile(ReadOnlySpan<Route> routes)
    {
        var entries = new Entry[routes.Length];
        for (int i = 0; i < routes.Length; i++)
            entries[i] = new Entry(routes[i]);
        return new RouteTable(entries);
    }

    /// <summary>The same routes to the services of the same names.</summary>
    /// <param name="services">One for every service of the table; others do not matter.</param>
    public RouteTable With(IReadOnlyDictionary<string, ServiceModel> services) =>
        new(Array.ConvertAll(_entries, entry => entry.With(services[entry.Service.Name])));

    /// <summary>The service, or null if no route matches. No allocation.</summary>
    /// <param name="authority">The request's host, with or without port; empty if it has none. Case and one final dot do not count.</param>
    /// <param name="path">The request target's path as it was sent, undecoded; a query behind it does not matter.</param>
    public ServiceModel? Match(ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> host = HostPattern.HostOf(authority);
        foreach (ref readonly Entry entry in _entries.AsSpan())
        {
            if (entry.Matches(host, path))
                return entry.Service;
        }
        return null;
    }

    private readonly struct Entry(Route route)
    {
        private readonly HostPattern _host = new(route.Host);
        private readonly PathPrefix _path = new(route.Path);

        public ServiceModel Service { get; private init; } = route.Service;

        public Entry With(ServiceModel service) => this with { Service = service };

        public bool Matches(ReadOnlySpan<byte> host, ReadOnlySpan<byte> path) => _host.Matches(host) && _path.Matches(path);
    }
}
