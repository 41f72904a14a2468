using System.Text;

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

    /// <summary>The service, or null if no route matches. No allocation.</summary>
    /// <param name="authority">The request's host, with or without port; empty if it has none. Case and one final dot do not count.</param>
    /// <param name="path">The request target's path as it was sent, undecoded; a query behind it does not matter.</param>
    public ServiceModel? Match(ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> host = HostOf(authority);
        foreach (ref readonly Entry entry in _entries.AsSpan())
        {
            if (entry.MatchesHost(host) && entry.MatchesPath(path))
                return entry.Service;
        }
        return null;
    }

    private static ReadOnlySpan<byte> HostOf(ReadOnlySpan<byte> authority)
    {
        // An IPv6 literal has colons of its own, inside brackets.
        int from = authority.Length > 0 && authority[0] == (byte)'[' ? authority.IndexOf((byte)']') + 1 : 0;
        int colon = authority[from..].IndexOf((byte)':');
        ReadOnlySpan<byte> host = colon < 0 ? authority : authority[..(from + colon)];
        return host.Length > 1 && host[^1] == (byte)'.' ? host[..^1] : host;
    }

    private readonly struct Entry
    {
        // Empty: any host. With its leading dot: every name below the domain.
        private readonly byte[] _host;

        // Without a final slash; empty: any path.
        private readonly byte[] _path;

        public Entry(Route route)
        {
            string host = route.Host ?? "";
            _host = Encoding.UTF8.GetBytes(host.StartsWith("*.", StringComparison.Ordinal) ? host[1..] : host);
            _path = Encoding.UTF8.GetBytes((route.Path ?? "").TrimEnd('/'));
            Service = route.Service;
        }

        public ServiceModel Service { get; }

        public bool MatchesHost(ReadOnlySpan<byte> host)
        {
            if (_host.Length == 0)
                return true;
            if (_host[0] != (byte)'.')
                return Ascii.EqualsIgnoreCase(host, _host);
            return host.Length > _host.Length && Ascii.EqualsIgnoreCase(host[^_host.Length..], _host);
        }

        public bool MatchesPath(ReadOnlySpan<byte> path) =>
            path.StartsWith(_path)
            && (_path.Length == 0 || path.Length == _path.Length || path[_path.Length] is (byte)'/' or (byte)'?');
    }
}
