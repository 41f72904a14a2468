using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>
/// Turns a configuration into the snapshot that requests see. States are carried over by name, so counters go on where they were.
/// <see cref="Compile"/> and <see cref="Recompile"/> are for one thread at a time; <see cref="Reresolve"/> may run beside them.
/// </summary>
/// <remarks>
/// An endpoint's name stands for its lowest IPv4 address, or its lowest IPv6 address if it has no other, for as long as that is among the resolver's
/// answers: their order varies, and each time the same one is taken.
/// </remarks>
public sealed class SnapshotCompiler
{
    private readonly StateTable _states;
    private readonly EndpointNames _names;
    private readonly Func<string, (CountryDatabase? Database, string Error)> _openCountries;

    private CountryDatabaseFile? _countries;

    /// <summary>Resolves names as the system does.</summary>
    public SnapshotCompiler(StateTable states)
        : this(states, Dns.GetHostAddresses)
    {
    }

    /// <param name="states">What is carried over.</param>
    /// <param name="resolve">Gives a name's addresses; throws <see cref="SocketException"/> if it has none.</param>
    /// <param name="openCountries">Opens a country database by its path, or tells why it cannot.</param>
    /// <param name="clock">Tells when a name is to be resolved again.</param>
    internal SnapshotCompiler(
        StateTable states,
        Func<string, IPAddress[]> resolve,
        Func<string, (CountryDatabase? Database, string Error)>? openCountries = null,
        TimeProvider? clock = null)
    {
        _states = states;
        _names = new EndpointNames(resolve, clock ?? TimeProvider.System);
        _openCountries = openCountries ?? OpenCountries;
    }

    /// <summary>
    /// The snapshot, or null if a name cannot be resolved or the country database cannot be opened; then no state is touched either.
    /// Blocks while names are resolved.
    /// </summary>
    /// <param name="config">Without errors, as <see cref="ConfigLoader"/> gives it.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public Snapshot? Compile(FastCanaryConfig config, List<ConfigError> errors)
    {
        int before = errors.Count;
        CountryDatabase? countries = Countries(config, errors);
        Dictionary<string, IPAddress> addresses = Addresses(config, askAgain: true, errors);
        if (errors.Count > before)
            return null;
        _names.Keep(config);
        return Build(config, addresses, countries);
    }

    /// <summary>
    /// Resolves every name anew whose <c>dns.interval</c> has passed, the shortest of the services that use it. Blocks while it does, and holds no lock meanwhile.
    /// Nothing is put in force: where it tells of another address, <see cref="Recompile"/> does.
    /// </summary>
    /// <param name="config">What is in force.</param>
    /// <param name="inForce">The snapshot that was compiled of it.</param>
    /// <param name="warnings">Takes the names that cannot be resolved; they keep the address they have.</param>
    /// <returns>Whether an endpoint's name now stands for another address than the snapshot has. False while another call is under way.</returns>
    public bool Reresolve(FastCanaryConfig config, Snapshot inForce, List<ConfigWarning> warnings)
    {
        if (!_names.Refresh(config, warnings))
            return false;
        foreach (EndpointModel endpoint in inForce.Endpoints)
        {
            if (HostPort.TryParse(endpoint.Name, out HostPort written) && _names.Known(written.Host) is { } address && !address.Equals(endpoint.Address.Address))
                return true;
        }
        return false;
    }

    /// <summary>The configuration in force with what its names stand for now: none that is known is resolved again, and the country database stays.</summary>
    /// <param name="config">What is in force.</param>
    /// <param name="inForce">The snapshot that was compiled of it.</param>
    /// <param name="errors">Takes what is wrong; a name that is known cannot be.</param>
    public Snapshot? Recompile(FastCanaryConfig config, Snapshot inForce, List<ConfigError> errors)
    {
        int before = errors.Count;
        Dictionary<string, IPAddress> addresses = Addresses(config, askAgain: false, errors);
        return errors.Count > before ? null : Build(config, addresses, inForce.Countries);
    }

    // A file that has not changed stays open, and mapped once.
    private (CountryDatabase? Database, string Error) OpenCountries(string path)
    {
        string error = "";
        if (_countries is null || _countries.Path != path || !_countries.IsCurrent())
        {
            if (CountryDatabaseFile.Open(path, out error) is not { } opened)
                return (null, error);
            _countries = opened;
        }

        return (_countries.Database, error);
    }

    private static int Milliseconds(TimeSpan time) => (int)time.TotalMilliseconds;

    private Snapshot Build(FastCanaryConfig config, Dictionary<string, IPAddress> addresses, CountryDatabase? countries)
    {
        ImmutableArray<ServiceModel> services = [.. config.Services.Select(service => Service(service, addresses))];
        Dictionary<string, ServiceModel> byName = services.ToDictionary(service => service.Name, StringComparer.Ordinal);
        return new Snapshot
        {
            Services = services,
            Endpoints = [.. services.SelectMany(service => service.Versions).SelectMany(version => version.Endpoints)],
            Listeners = [.. config.Listeners.Select(listener => Listener(listener, byName))],
            Countries = countries,
        };
    }

    private CountryDatabase? Countries(FastCanaryConfig config, List<ConfigError> errors)
    {
        if (config.Geoip is not { } geoip)
            return null;
        (CountryDatabase? database, string error) = _openCountries(geoip.Database);
        ConfigPosition at = geoip.DatabasePosition;
        if (database is null)
            errors.Add(new ConfigError(config.File, at.Line, at.Column, at.Path, error));
        return database;
    }

    private Dictionary<string, IPAddress> Addresses(FastCanaryConfig config, bool askAgain, List<ConfigError> errors)
    {
        var addresses = new Dictionary<string, IPAddress>(StringComparer.OrdinalIgnoreCase);
        var failures = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (EndpointConfig endpoint in config.Services.SelectMany(service => service.Versions).SelectMany(version => version.Endpoints))
        {
            if (!addresses.ContainsKey(endpoint.Host) && !failures.ContainsKey(endpoint.Host))
            {
                string why = "";
                IPAddress? address = askAgain ? null : _names.Known(endpoint.Host);
                address ??= _names.Ask(endpoint.Host, out why);
                if (address is not null)
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

    private ServiceModel Service(ServiceConfig config, Dictionary<string, IPAddress> addresses) => new()
    {
        Name = config.Name,
        State = _states.Service(config.Name),
        Versions = [.. config.Versions.Select((version, index) => Version(config, version, index, addresses))],
        ExposeVersion = config.ExposeVersion,
        ConnectTimeoutMs = Milliseconds(config.Timeouts.Connect),
        ResponseTimeoutMs = Milliseconds(config.Timeouts.Response),
        ResponseBodyTimeoutMs = Milliseconds(config.Timeouts.ResponseBody),
        UpstreamIdleTimeoutMs = Milliseconds(config.Timeouts.UpstreamIdle),
        TunnelTimeoutMs = Milliseconds(config.Timeouts.Tunnel),
        RequestBodyBytesMax = config.Limits.RequestBodyBytes,
        ResponseHeadBytesMax = config.Limits.ResponseHeadBytes,
        Rules = RuleTable.Compile([.. config.Rules.Select(rule => Rule(config, rule))]),
        Affinity = config.Affinity is { } affinity ? Affinity(affinity) : null,
        Features = [.. config.Features.Select(feature => new FeatureModel(feature.Name, feature.BasisPoints, feature.Header, feature.Value))],
        BaselineIndex = config.Rollout is { } rollout ? IndexOf(config, rollout.Baseline) : 0,
        Analysis = config.Rollout is { } analysed ? Analysis(analysed.Analysis) : null,
        Outlier = config.Outlier is { } outlier ? Outlier(outlier) : null,
        Queue = new QueueModel(config.Queue.Size, Milliseconds(config.Queue.Timeout)),
        Retry = config.Retry is { } retry ? Retry(retry) : null,
        Mirror = config.Mirror is { } mirror ? Mirror(config, mirror) : null,
        Fault = config.Fault is { } fault ? Fault(config, fault) : null,
        ProxyProtocol = config.ProxyProtocol,
    };

    private static int IndexOf(ServiceConfig config, string version)
    {
        int index = 0;
        while (config.Versions[index].Name != version)
            index++;
        return index;
    }

    private static Rule Rule(ServiceConfig service, RuleConfig config) => new()
    {
        VersionIndex = IndexOf(service, config.Version),
        Headers = Conditions(config.Headers),
        Cookies = Conditions(config.Cookies),
        Query = Conditions(config.Query),
        Methods = [.. config.Methods],
        Host = config.Host,
        Path = config.Path,
        Countries = [.. config.Countries.Select(country => CountryCode.Parse(Encoding.UTF8.GetBytes(country)))],
        Networks = config.Networks.Count > 0 ? NetworkSet.Compile([.. config.Networks]) : null,
    };

    private static ImmutableArray<NamedCondition> Conditions(IReadOnlyList<NamedConditionConfig> config) =>
        [.. config.Select(condition => new NamedCondition(condition.Name, condition.Kind, condition.Values))];

    private static AffinityModel Affinity(AffinityConfig config) => new(
        config.Source,
        config.Name,
        config.Salt,
        config.Assign is { } cookie
            ? new AffinityCookie(cookie.Name, cookie.Path, cookie.Secure, cookie.HttpOnly, cookie.SameSite, (int)cookie.MaxAge.TotalSeconds)
            : null);

    // 5xx are failures in any case, and a service whose analysis says no more than that has none to look at.
    private static AnalysisModel? Analysis(AnalysisConfig config)
    {
        ImmutableArray<int> failures = [.. config.Errors.Statuses.Statuses.Where(status => status < 500)];
        return failures.IsEmpty && config.Business is null
            ? null
            : new AnalysisModel { FailureStatuses = failures, BusinessHeader = config.Business is { } business ? Encoding.ASCII.GetBytes(business.Header.ToLowerInvariant()) : null };
    }

    private static OutlierModel Outlier(OutlierConfig config) => new()
    {
        ConsecutiveFailures = config.ConsecutiveFailures,
        EjectMs = Milliseconds(config.Eject),
        EjectedMaxBasisPoints = config.EjectedMaxBasisPoints,
        Counted = config.Failures,
    };

    private static RetryModel Retry(RetryConfig config) => new()
    {
        AttemptsMax = config.Attempts,
        BudgetBasisPoints = config.BudgetBasisPoints,
        Rescue = config.Rescue,
        Causes = config.Causes,
    };

    private static MirrorModel Mirror(ServiceConfig service, MirrorConfig config) => new()
    {
        VersionIndex = IndexOf(service, config.Version),
        Share = SplitTable.OfShare(config.BasisPoints),
        RequestBodyBytesMax = config.BodyBytesMax,
        Comparison = config.Compare is { } compare
            ? new MirrorComparison
            {
                Headers = [.. compare.Headers],
                Body = compare.Body,
                IgnoredPaths = [.. compare.IgnoredPaths],
                ResponseBodyBytesMax = compare.BodyBytesMax,
            }
            : null,
    };

    private static FaultModel Fault(ServiceConfig service, FaultConfig config) => new()
    {
        VersionIndex = IndexOf(service, config.Version),
        BasisPoints = config.BasisPoints,
        Status = config.Status,
        DelayMinMs = Milliseconds(config.DelayMin),
        DelayMaxMs = Milliseconds(config.DelayMax),
    };

    private VersionModel Version(ServiceConfig service, VersionConfig config, int index, Dictionary<string, IPAddress> addresses) => new()
    {
        Name = config.Name,
        Index = index,
        Weight = config.Weight,
        State = _states.Version(service.Name, config.Name),
        SlowStartMs = Milliseconds(service.SlowStart),
        Endpoints = [.. config.Endpoints.Select(endpoint => new EndpointModel
        {
            Name = endpoint.Address,
            Address = new IPEndPoint(addresses[endpoint.Host], endpoint.Port),
            Weight = endpoint.Weight,
            ConnectionsMax = endpoint.MaxConnections,
            State = _states.Endpoint(service.Name, config.Name, endpoint.Address),
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
            TakesProxyProtocol = config.ProxyProtocol,
            XForwarded = config.XForwarded,
            Forwarded = config.Forwarded,
            Routes = tcp ? RouteTable.Empty : Routes(config, services),
            TcpService = tcp ? services[config.Service!] : null,
        };
    }

    private static RouteTable Routes(ListenerConfig config, Dictionary<string, ServiceModel> services) =>
        config.Service is { } service
            ? RouteTable.To(services[service])
            : RouteTable.Compile([.. config.Routes.Select(route => new Route(route.Host, route.Path, services[route.Service]))]);
}
