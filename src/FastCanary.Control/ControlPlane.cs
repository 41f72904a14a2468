using FastCanary.Proxy;
using FastCanary.Traffic;
using FastCanary.Transport;
using FastCanary.Transport.Epoll;
using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>
/// Runs a data plane from a configuration file: starts it, reloads it, looks once a second at what its endpoints do, drains it.
/// Nothing here is on a request's way.
/// </summary>
public sealed class ControlPlane : IDisposable
{
    private readonly ILogger _log;
    private readonly DataPlane _data;
    private readonly RuntimeConfig _runtime;
    private readonly ConfigReloader _reloader;
    private readonly Timer _watch;
    private readonly Timer _resolve;
    private readonly EndpointWatch _endpointWatch;
    private readonly Lock _watching = new();
    private Snapshot _snapshot;
    private Exception? _bug;

    private ControlPlane(string path, FastCanaryConfig config, Snapshot snapshot, SnapshotCompiler compiler, ILogger log)
    {
        _log = log;
        _snapshot = snapshot;
        _runtime = config.Runtime;
        var descriptors = DescriptorLimit.Raise();
        _data = new DataPlane(_runtime.Loops, Backend(_runtime.Transport));
        try
        {
            _data.Apply(snapshot);
        }
        catch
        {
            _data.Dispose();
            throw;
        }

        _reloader = new ConfigReloader(() => ConfigLoader.Load(path, Environment.GetEnvironmentVariable), compiler, _data.Apply);
        _reloader.Begin(config, snapshot);
        _endpointWatch = new EndpointWatch(_data, log);
        _resolve = new Timer(_ => Resolve(), state: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _watch = new Timer(_ => Watch(), state: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        foreach (var listener in snapshot.Listeners) ControlLog.Listening(log, listener.Protocol == ListenerProtocol.Http ? "http" : "tcp", listener.Address, _data.Transport, _data.Loops, descriptors);
        AnnounceDrills(snapshot);
    }

    /// <summary>The data plane that runs.</summary>
    public DataPlane Data => _data;

    /// <summary>Starts what <paramref name="path"/> describes.</summary>
    /// <param name="path">The configuration file.</param>
    /// <param name="log">The program's log.</param>
    /// <param name="errors">Gets what is wrong with the file.</param>
    /// <returns>Null where the file has an error.</returns>
    /// <exception cref="TransportException">An address cannot be listened on.</exception>
    public static ControlPlane? Start(string path, ILogger log, List<ConfigError> errors)
    {
        var loaded = ConfigLoader.Load(path, Environment.GetEnvironmentVariable);
        errors.AddRange(loaded.Errors);
        foreach (var warning in loaded.Warnings) ControlLog.Configuration(log, warning);
        if (loaded.Config is not { } config) return null;
        var compiler = new SnapshotCompiler(new StateTable());
        return compiler.Compile(config, errors) is { } snapshot ? new ControlPlane(path, config, snapshot, compiler, log) : null;
    }

    /// <summary>Reads the file again and puts it in force; a file with an error changes nothing.</summary>
    /// <param name="cause">Who asked, for the log.</param>
    public ReloadResult Reload(string cause)
    {
        var result = _reloader.Reload(cause);
        foreach (var warning in result.Warnings) ControlLog.Configuration(_log, warning);
        if (result.Snapshot is { } snapshot)
        {
            _snapshot = snapshot;
            ControlLog.Reloaded(_log, cause, Describe(snapshot));
            AnnounceDrills(snapshot);
            var runtime = result.Config!.Runtime;
            if (runtime.Loops != _runtime.Loops) ControlLog.RuntimeNotReloaded(_log, "loops");
            if (runtime.Transport != _runtime.Transport) ControlLog.RuntimeNotReloaded(_log, "transport");
        }
        else
        {
            foreach (var error in result.Errors) ControlLog.ReloadError(_log, error);
            ControlLog.ReloadFailed(_log, cause, result.Errors.Count);
        }

        return result;
    }

    /// <summary>Stops accepting, lets exchanges end, up to <paramref name="timeout"/>.</summary>
    /// <returns>True when every exchange ended by itself.</returns>
    public bool Drain(TimeSpan timeout)
    {
        ControlLog.Draining(_log, _data.Sessions);
        return _data.Drain(timeout);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _resolve.Dispose();
        _data.Dispose();
    }

    private static TransportBackend Backend(TransportChoice choice) => choice switch
    {
        TransportChoice.Epoll => TransportBackend.Epoll,
        TransportChoice.Sockets => TransportBackend.Sockets,
        _ => TransportBackend.Auto,
    };

    private static string Describe(Snapshot snapshot) =>
        string.Join("; ", snapshot.Services.Select(service => $"{service.Name} {string.Join(" ", service.Versions.Select(version => $"{version.Name}={version.Weight}"))}"));

    private void AnnounceDrills(Snapshot snapshot)
    {
        foreach (var service in snapshot.Services)
        {
            if (service.Fault is { } fault) ControlLog.FaultDrill(_log, service.Name, service.Versions[fault.VersionIndex].Name, $"{fault.BasisPoints / 100.0}%");
        }
    }

    private void Watch()
    {
        lock (_watching)
        {
            _endpointWatch.Look(_snapshot);
            if (_data.LastBug is not { } bug || bug == _bug) return;
            _bug = bug;
            ControlLog.Bug(_log, bug);
        }
    }

    private void Resolve()
    {
        var warnings = new List<ConfigWarning>();
        if (_reloader.Reresolve(warnings) is { } snapshot)
        {
            _snapshot = snapshot;
            ControlLog.NamesChanged(_log, string.Join(", ", snapshot.Endpoints.Select(endpoint => $"{endpoint.Name} {endpoint.Address}")));
        }

        foreach (var warning in warnings) ControlLog.Configuration(_log, warning);
    }
}
