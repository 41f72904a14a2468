using System.Net;
using System.Net.Sockets;

namespace FastCanary.Control;

/// <summary>What the names of endpoints stand for. For any thread: no lock is held while a name is resolved.</summary>
/// <param name="resolve">Gives a name's addresses; throws <see cref="SocketException"/> if it has none.</param>
/// <param name="clock">Tells when a name is to be resolved again.</param>
internal sealed class EndpointNames(Func<string, IPAddress[]> resolve, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (IPAddress Address, long AskedAt)> _names = new(StringComparer.OrdinalIgnoreCase);
    private int _refreshing;

    /// <summary>What an address or a name that was asked for stands for; null for other names.</summary>
    public IPAddress? Known(string host)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal))
            return literal;
        lock (_gate)
            return _names.TryGetValue(host, out (IPAddress Address, long AskedAt) name) ? name.Address : null;
    }

    /// <summary>What an address or a name stands for now, or null and the reason. Blocks while the name is resolved.</summary>
    public IPAddress? Ask(string host, out string why)
    {
        why = "it has no address";
        if (IPAddress.TryParse(host, out IPAddress? literal))
            return literal;
        try
        {
            return Settle(host, resolve(host));
        }
        catch (SocketException unresolved)
        {
            why = unresolved.Message;
            Settle(host, []);
            return null;
        }
    }

    /// <summary>Asks for every name whose interval has passed. A name that cannot be resolved keeps its address, with a warning at the first of its places.</summary>
    /// <returns>False where another call is under way; nothing is asked then.</returns>
    public bool Refresh(FastCanaryConfig config, List<ConfigWarning> warnings)
    {
        if (Interlocked.Exchange(ref _refreshing, 1) != 0)
            return false;
        try
        {
            foreach ((EndpointConfig endpoint, TimeSpan interval) in Intervals(config).Values)
            {
                if (!IsDue(endpoint.Host, interval) || Ask(endpoint.Host, out string why) is not null || Known(endpoint.Host) is not { } kept)
                    continue;
                ConfigPosition at = endpoint.Position;
                warnings.Add(new ConfigWarning(config.File, at.Line, at.Column, at.Path, $"the name \"{endpoint.Host}\" cannot be resolved: {why}; {kept} stays in use"));
            }
            return true;
        }
        finally
        {
            Volatile.Write(ref _refreshing, 0);
        }
    }

    /// <summary>Forgets every name that the configuration does not have.</summary>
    public void Keep(FastCanaryConfig config)
    {
        Dictionary<string, (EndpointConfig, TimeSpan)> kept = Intervals(config);
        lock (_gate)
        {
            foreach (string name in _names.Keys.Where(name => !kept.ContainsKey(name)).ToList())
                _names.Remove(name);
        }
    }

    // Each name with the first of its places and the shortest interval of the services that use it.
    private static Dictionary<string, (EndpointConfig First, TimeSpan Interval)> Intervals(FastCanaryConfig config)
    {
        var names = new Dictionary<string, (EndpointConfig First, TimeSpan Interval)>(StringComparer.OrdinalIgnoreCase);
        foreach (ServiceConfig service in config.Services)
        {
            foreach (EndpointConfig endpoint in service.Versions.SelectMany(version => version.Endpoints))
            {
                if (IPAddress.TryParse(endpoint.Host, out _))
                    continue;
                TimeSpan interval = service.Dns.Interval;
                if (!names.TryGetValue(endpoint.Host, out (EndpointConfig First, TimeSpan Interval) known))
                    names.Add(endpoint.Host, (endpoint, interval));
                else if (interval < known.Interval)
                    names[endpoint.Host] = (known.First, interval);
            }
        }
        return names;
    }

    private bool IsDue(string host, TimeSpan interval)
    {
        lock (_gate)
            return !_names.TryGetValue(host, out (IPAddress Address, long AskedAt) name) || clock.GetElapsedTime(name.AskedAt) >= interval;
    }

    // An address that a name has is kept while it is among the answers, whose order and number vary; without answers it is kept too.
    private IPAddress? Settle(string host, IPAddress[] answers)
    {
        IPAddress? lowest = answers
            .Where(address => address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
            .OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
            .ThenBy(address => Convert.ToHexString(address.GetAddressBytes()), StringComparer.Ordinal)
            .FirstOrDefault();
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            bool known = _names.TryGetValue(host, out (IPAddress Address, long AskedAt) name);
            IPAddress? settled = known && answers.Contains(name.Address) ? name.Address : lowest;
            if (settled is not null)
                _names[host] = (settled, now);
            else if (known)
                _names[host] = (name.Address, now);
            return settled;
        }
    }
}
