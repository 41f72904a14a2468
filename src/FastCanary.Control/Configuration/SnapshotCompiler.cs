using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>
/// Turns a configuration into the snapshot that requests see. States are carried over by name, so counters go on where they were.
/// One thread at a time.
/// </summary>
/// <remarks>
/// An endpoint's name stands for its lowest IPv4 address, or its lowest IPv6 address if it has no other: of the resolver's answers, whose order varies,
/// each reload takes the same one. It is resolved at each compile.
/// </remarks>
public sealed class SnapshotCompiler
{
    private readonly StateTable _states;
    private readonly Func<string, IPAddress[]> _resolve;

    /// <summary>Resolves names as the system does.</summary>
    public SnapshotCompiler(StateTable states)
        : this(states, Dns.GetHostAddresses)
    {
    }

    /// <param name="states">What is carried over.</param>
    /// <param name="resolve">Gives a name's addresses; throws <see cref="SocketException"/> if it has none.</param>
    internal SnapshotCompiler(StateTable states, Func<string, IPAddress[]> resolve)
    {
        _states = states;
        _resolve = resolve;
    }

    /// <summary>The snapshot, or null if a name cannot be resolved; then no state is touched either.</summary>
    /// <param name="config">Without errors, as <see cref="ConfigLoader"/> gives it.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public Snapshot? Compile(FastCanaryConfig config, List<ConfigError> errors)
    {
        int before = errors.Count;
        Dictionary<string, IPAddress> addresses = Resolve(config, errors);
        if (errors.Count > before)
            return null;

        ImmutableArray<ServiceModel> services = [.. config.Services.Select(service => Service(service, addresses))];
        Dictionary<string, ServiceModel> byName = services.ToDictionary(service => service.Name, StringComparer.Ordinal);
        return new Snapshot
        {
            Services = services,
            Endpoints = [.. services.SelectMany(service => service.Versions).SelectMany(version => version.Endpoints)],
            Listeners = [.. config.Listeners.Select(listener => Listener(listener, byName))],
        };
    }

    private static int Milliseconds(TimeSpan time) => (int)time.TotalMilliseconds;

    private Dictionary<string, IPAddress> Resolve(FastCanaryConfig config, List<ConfigError> errors)
    {
        var addresses = new Dictionary<string, IPAddress>(StringComparer.OrdinalIgnoreCase);
        var failures = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (EndpointConfig endpoint in config.Services.SelectMany(service => service.Versions).SelectMany(version => version.Endpoints))
        {
            if (!addresses.ContainsKey(endpoint.Host) && !failures.ContainsKey(endpoint.Host))
            {
                if (ResolveOne(endpoint.Host, out string why) is { } address)
                    addresses.Add(endpoint.Host, address);
                else
                    failures.Add(endpoint.Host, why);
            }
            if (failures.TryGetValue(endpoint.Host, out string? failure))
            {
                ConfigPosition at = endpoint.Position;
                errors.Add(new ConfigError(config.File, at.Line, at.Column, at.Path, $"the name \"{endpoint.Host}\" cannot be resolved: {failure}"));
            }
        }
        return addresses;
    }

    private IPAddress? ResolveOne(string host, out string why)
    {
        why = "it has no address";
        if (IPAddress.TryParse(host, out IPAddress? literal))
            return literal;
        try
        {
            return _resolve(host)
                .Where(address => address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
                .OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
                .ThenBy(address => Convert.ToHexString(address.GetAddressBytes()), StringComparer.Ordinal)
                .FirstOrDefault();
        }
        catch (SocketException unresolved)
        {
            why = unresolved.Message;
            return null;
        }
    }

    private ServiceModel Service(ServiceConfig config, Dictionary<string, IPAddress> addresses) => new()
    {
        Name = config.Name,
        State = _states.Service(config.Name),
        Versions = [.. config.Versions.Select((version, index) => Version(config.Name, version, index, addresses))],
        ExposeVersion = config.ExposeVersion,
        ConnectTimeoutMs = Milliseconds(config.Timeouts.Connect),
        ResponseTimeoutMs = Milliseconds(config.Timeouts.Response),
        ResponseBodyTimeoutMs = Milliseconds(config.Timeouts.ResponseBody),
        UpstreamIdleTimeoutMs = Milliseconds(config.Timeouts.UpstreamIdle),
        TunnelTimeoutMs = Milliseconds(config.Timeouts.Tunnel),
        RequestBodyBytesMax = config.Limits.RequestBodyBytes,
        ResponseHeadBytesMax = config.Limits.ResponseHeadBytes,
    };

    private VersionModel Version(string service, VersionConfig config, int index, Dictionary<string, IPAddress> addresses) => new()
    {
        Name = config.Name,
        Index = index,
        Weight = config.Weight,
        State = _states.Version(service, config.Name),
        Endpoints = [.. config.Endpoints.Select(endpoint => new EndpointModel
        {
            Name = endpoint.Address,
            Address = new IPEndPoint(addresses[endpoint.Host], endpoint.Port),
            Weight = endpoint.Weight,
            State = _states.Endpoint(service, config.Name, endpoint.Address),
        })],
    };

    private ListenerModel Listener(ListenerConfig config, Dictionary<string, ServiceModel> services)
    {
        bool tcp = config.Protocol == ListenerProtocol.Tcp;
        return new ListenerModel
        {
            State = _states.Listener(config.Address, config.Protocol),
            Address = config.Address,
            BindTo = config.BindTo,
            Protocol = config.Protocol,
            RequestHeadTimeoutMs = Milliseconds(config.Timeouts.RequestHead),
            RequestBodyTimeoutMs = Milliseconds(config.Timeouts.RequestBody),
            IdleTimeoutMs = Milliseconds(config.Timeouts.Idle),
            RequestHeadBytesMax = config.Limits.RequestHeadBytes,
            RequestLineBytesMax = config.Limits.RequestLineBytes,
            FieldsMax = config.Limits.Headers,
            ConnectionsMax = config.Limits.Connections,
            TrustedProxies = NetworkSet.Compile([.. config.TrustedProxies]),
            Routes = tcp ? RouteTable.Empty : Routes(config, services),
            TcpService = tcp ? services[config.Service!] : null,
        };
    }

    private static RouteTable Routes(ListenerConfig config, Dictionary<string, ServiceModel> services) =>
        config.Service is { } service
            ? RouteTable.To(services[service])
            : RouteTable.Compile([.. config.Routes.Select(route => new Route(route.Host, route.Path, services[route.Service]))]);
}
