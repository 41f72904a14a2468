namespace FastCanary.Traffic;

/// <summary>
/// The states of everything that was ever configured, by name. Used by the control plane while it compiles a snapshot, by one thread at a time;
/// requests reach states through their models.
/// </summary>
/// <remarks>Nothing is removed: a version that comes back finds its counter where it left it, and an id never means two things.</remarks>
public sealed class StateTable
{
    private readonly Dictionary<(string Address, ListenerProtocol Protocol), ListenerState> _listeners = [];
    private readonly Dictionary<string, ServiceState> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Service, string Version), VersionState> _versions = [];
    private readonly Dictionary<(string Service, string Version, string Address), EndpointState> _endpoints = [];

    /// <summary>The listener's state, made at first sight.</summary>
    public ListenerState Listener(string address, ListenerProtocol protocol)
    {
        if (!_listeners.TryGetValue((address, protocol), out ListenerState? state))
            _listeners.Add((address, protocol), state = new ListenerState(_listeners.Count, address, protocol));
        return state;
    }

    /// <summary>The service's state, made at first sight.</summary>
    public ServiceState Service(string name)
    {
        if (!_services.TryGetValue(name, out ServiceState? state))
            _services.Add(name, state = new ServiceState(_services.Count, name));
        return state;
    }

    /// <summary>The version's state, made at first sight.</summary>
    public VersionState Version(string service, string version)
    {
        if (!_versions.TryGetValue((service, version), out VersionState? state))
            _versions.Add((service, version), state = new VersionState(_versions.Count, version));
        return state;
    }

    /// <summary>The endpoint's state, made at first sight.</summary>
    public EndpointState Endpoint(string service, string version, string address)
    {
        if (!_endpoints.TryGetValue((service, version, address), out EndpointState? state))
            _endpoints.Add((service, version, address), state = new EndpointState(_endpoints.Count, $"{service}/{version}/{address}", Version(service, version)));
        return state;
    }
}
