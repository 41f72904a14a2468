using FastCanary.Proxy;
using FastCanary.Traffic;
using FastCanary.Transport;
using FastCanary.Transport.Epoll;
using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>
/// Runs a data plane from a configuration file: starts it, reloads it, looks once a second at what its versions and endpoints do, lets rollouts decide, serves the admin API, drains it.
/// Nothing here is on a request's way.
/// </summary>
public sealed partial class ControlPlane : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly ILogger _log;
    private readonly LogLevelSwitch _level;
    private readonly TimeProvider _clock;
    private readonly DataPlane _data;
    private readonly RuntimeConfig _runtime;
    private readonly ConfigReloader _reloader;
    private readonly ReleaseStore _store;
    private readonly Outbound _outbound;
    private readonly ReleaseEngine _engine;
    private readonly MetricsText _metrics = new();
    private readonly EndpointWatch _endpointWatch;
    private readonly Lock _watching = new();
    private readonly Lock _reloading = new();
    private readonly long _startedAt;
    private readonly ITimer _watch;
    private readonly ITimer _resolve;
    private AccessLogWriter? _accessLog;
    private readonly AdminServer? _admin;
    private AdminConfig _adminConfig;
    private Exception? _bug;
    private volatile bool _isDraining;

    private ControlPlane(string path, FastCanaryConfig config, Snapshot snapshot, SnapshotCompiler compiler, ILogger log, LogLevelSwitch level, TimeProvider clock, IDisk disk)
    {
        (_path, _log, _level, _clock) = (path, log, level, clock);
        _runtime = config.Runtime;
        _adminConfig = config.Admin;
        _startedAt = clock.GetTimestamp();
        long descriptors = DescriptorLimit.Raise();
        TransportBackend transport = Backend(_runtime.Transport);
        var undo = new Stack<IDisposable>();
        try
        {
            undo.Push(_store = new ReleaseStore(config.State, disk, clock));
            undo.Push(_data = new DataPlane(_runtime.Loops, transport));
            if (config.Log.Access is { } access)
                undo.Push(_accessLog = new AccessLogWriter(_data.AccessLog, access.Path, log, clock));
            UseLog(config.Log);
            undo.Push(_outbound = new Outbound(log, clock));
            undo.Push(_engine = new ReleaseEngine(_data, _store, _outbound, config, snapshot, log, clock));
            _reloader = new ConfigReloader(() => ConfigLoader.Load(path, Environment.GetEnvironmentVariable), compiler, _engine.Reload, _engine.Readdress);
            _reloader.Begin(config, snapshot);
            _admin = OpenAdmin(config.Admin, transport);
        }
        catch
        {
            while (undo.TryPop(out IDisposable? begun))
                begun.Dispose();
            throw;
        }

        _endpointWatch = new EndpointWatch(_data, log);
        _resolve = clock.CreateTimer(_ => Resolve(), state: null, LookEvery, LookEvery);
        _watch = clock.CreateTimer(_ => LookUnlessLooking(), state: null, LookEvery, LookEvery);
        foreach (ListenerModel listener in snapshot.Listeners)
            ControlLog.Listening(log, listener.Protocol == ListenerProtocol.Http ? "http" : "tcp", listener.Address, _data.Transport, _data.Loops, descriptors);
        if (config.State is null && config.Services.Any(service => service.Rollout is not null))
            RolloutLog.NoState(log);
        AnnounceDrills(snapshot);
    }

    /// <summary>The data plane that runs.</summary>
    public DataPlane Data => _data;

    /// <summary>Starts what <paramref name="path"/> describes.</summary>
    /// <param name="path">The configuration file.</param>
    /// <param name="log">The program's log.</param>
    /// <param name="errors">Gets what is wrong with the file.</param>
    /// <param name="level">Takes the least severe level that is logged; null: nobody wants to know.</param>
    /// <returns>Null where the file has an error.</returns>
    /// <exception cref="TransportException">An address cannot be listened on.</exception>
    /// <exception cref="IOException">The state's folder, or the access log, cannot be used.</exception>
    public static ControlPlane? Start(string path, ILogger log, List<ConfigError> errors, LogLevelSwitch? level = null) => Start(path, log, errors, level, TimeProvider.System);

    /// <inheritdoc cref="Start(string, ILogger, List{ConfigError}, LogLevelSwitch?)"/>
    /// <param name="clock">By what looks are due, and rollouts tell the time.</param>
    /// <param name="disk">What the journal and the state are written to; null: the system's.</param>
    internal static ControlPlane? Start(string path, ILogger log, List<ConfigError> errors, LogLevelSwitch? level, TimeProvider clock, IDisk? disk = null)
    {
        ConfigResult loaded = ConfigLoader.Load(path, Environment.GetEnvironmentVariable);
        errors.AddRange(loaded.Errors);
        foreach (ConfigWarning warning in loaded.Warnings)
            ControlLog.Configuration(log, warning);
        if (loaded.Config is not { } config)
            return null;
        var compiler = new SnapshotCompiler(new StateTable());
        return compiler.Compile(config, errors) is { } snapshot ? new ControlPlane(path, config, snapshot, compiler, log, level ?? new LogLevelSwitch(), clock, disk ?? Disk.Instance) : null;
    }

    /// <summary>Reads the file again and puts it in force; a file with an error changes nothing.</summary>
    /// <param name="cause">Who asked, for the log and the journal.</param>
    public ReloadResult Reload(string cause)
    {
        // As a whole, so that of two files at a time the later one's log and tokens are in force as its splits are.
        lock (_reloading)
            return ReloadAlone(cause);
    }

    private ReloadResult ReloadAlone(string cause)
    {
        ReloadResult result = _reloader.Reload(cause);
        foreach (ConfigWarning warning in result.Warnings)
            ControlLog.Configuration(_log, warning);
        if (result.Snapshot is { } snapshot)
        {
            FastCanaryConfig config = result.Config!;
            ControlLog.Reloaded(_log, cause, Describe(_engine.Live));
            AnnounceDrills(snapshot);
            ReloadLog(config.Log);
            ReloadAdmin(config.Admin);
            if (config.Runtime.Loops != _runtime.Loops)
                ControlLog.RuntimeNotReloaded(_log, "loops");
            if (config.Runtime.Transport != _runtime.Transport)
                ControlLog.RuntimeNotReloaded(_log, "transport");
        }
        else
        {
            foreach (ConfigError error in result.Errors)
                ControlLog.ReloadError(_log, error);
            ControlLog.ReloadFailed(_log, cause, result.Errors.Count);
        }

        return result;
    }

    /// <summary>Opens the access log anew, because its file was moved away.</summary>
    public void ReopenAccessLog() => _accessLog?.Reopen();

    /// <summary>Looks at what versions and endpoints did since the last time, and lets rollouts decide. Once a second by itself.</summary>
    internal void Look()
    {
        lock (_watching)
        {
            _engine.Look();
            _endpointWatch.Look(_engine.Live);
            if (_data.LastBug is not { } bug || bug == _bug)
                return;
            _bug = bug;
            ControlLog.Bug(_log, bug);
        }
    }

    // A disk that stands still must not gather threads that wait for it.
    private void LookUnlessLooking()
    {
        if (!_watching.TryEnter())
            return;
        try
        {
            Look();
        }
        finally
        {
            _watching.Exit();
        }
    }

    /// <summary>Stops accepting, lets exchanges end, up to <paramref name="timeout"/>. The admin API goes on meanwhile.</summary>
    /// <returns>True when every exchange ended by itself.</returns>
    public bool Drain(TimeSpan timeout)
    {
        _isDraining = true;
        ControlLog.Draining(_log, _data.Sessions);
        return _data.Drain(timeout);
    }

    public void Dispose()
    {
        _admin?.Dispose();
        _watch.Dispose();
        _resolve.Dispose();
        lock (_reloading)
        {
            lock (_watching)
                _engine.Dispose();
        }

        _outbound.Dispose();
        _data.Dispose();
        _accessLog?.Dispose();
        _store.Dispose();
    }

    private static TransportBackend Backend(TransportChoice choice) => choice switch
    {
        TransportChoice.Epoll => TransportBackend.Epoll,
        TransportChoice.Sockets => TransportBackend.Sockets,
        _ => TransportBackend.Auto,
    };

    private static string Describe(Snapshot snapshot) =>
        string.Join("; ", snapshot.Services.Select(service => $"{service.Name} {string.Join(" ", service.Versions.Select(version => $"{version.Name}={version.Weight}"))}"));

    private static AdminOptions Options(AdminConfig config) => new() { OperatorToken = config.OperatorToken, ViewerToken = config.ViewerToken, AllowedOrigins = config.AllowedOrigins };

    private AdminServer? OpenAdmin(AdminConfig config, TransportBackend transport)
    {
        if (config.BindTo is not { } address)
            return null;
        try
        {
            return new AdminServer(address, Options(config), this, _log, transport);
        }
        catch (TransportException taken) when (!config.IsWritten)
        {
            // Nobody asked for it: another FastCanary on this machine may have it already.
            ControlLog.NoAdmin(_log, taken.Message);
            return null;
        }
    }

    private void ReloadAdmin(AdminConfig config)
    {
        if (config.Address != _adminConfig.Address)
            ControlLog.RuntimeNotReloaded(_log, "admin.address");
        else
            _admin?.Admit(Options(config));
        _adminConfig = config;
    }

    private void UseLog(LogConfig config)
    {
        _level.Level = config.Level;
        _data.AccessLog.Model = config.Access is { } access ? new AccessLogModel { Format = access.Format, SampleBasisPoints = access.SampleBasisPoints, Query = access.Query } : null;
    }

    private void ReloadLog(LogConfig config)
    {
        try
        {
            if (config.Access is { } access && _accessLog is null)
                _accessLog = new AccessLogWriter(_data.AccessLog, access.Path, _log, _clock);
            else if (config.Access is { } changed)
                _accessLog!.Use(changed.Path);
            UseLog(config);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            ControlLog.AccessLogNotReopened(_log, config.Access!.Path, failure.Message);
        }
    }

    private void AnnounceDrills(Snapshot snapshot)
    {
        foreach (ServiceModel service in snapshot.Services)
        {
            if (service.Fault is { } fault)
                ControlLog.FaultDrill(_log, service.Name, service.Versions[fault.VersionIndex].Name, $"{fault.BasisPoints / 100.0}%");
        }
    }

    private void Resolve()
    {
        var warnings = new List<ConfigWarning>();
        if (_reloader.Reresolve(warnings) is { } snapshot)
            ControlLog.NamesChanged(_log, string.Join(", ", snapshot.Endpoints.Select(endpoint => $"{endpoint.Name} {endpoint.Address}")));
        foreach (ConfigWarning warning in warnings)
            ControlLog.Configuration(_log, warning);
    }
}
