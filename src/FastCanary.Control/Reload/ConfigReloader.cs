using System.Net.Sockets;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>Loads, compiles and applies the configuration, one reload at a time, whoever asks. A file with any error changes nothing.</summary>
/// <param name="load">Reads the file, as <see cref="ConfigLoader.Load"/> does.</param>
/// <param name="compiler">Keeps the states that are carried over.</param>
/// <param name="apply">
/// Swaps the snapshot of a configuration in; gets what asked for it too. Where it cannot (an address that is in use), it changes nothing and throws an <see cref="IOException"/> or
/// a <see cref="SocketException"/>, which becomes an error of the reload.
/// </param>
/// <param name="readdress">Swaps a snapshot of the same configuration in, whose names stand for other addresses.</param>
public sealed class ConfigReloader(Func<ConfigResult> load, SnapshotCompiler compiler, Action<FastCanaryConfig, Snapshot, string> apply, Action<Snapshot> readdress)
{
    private readonly Lock _oneAtATime = new();
    private (FastCanaryConfig Config, Snapshot Snapshot)? _inForce;
    private long _successes;
    private long _failures;

    /// <summary>Reloads that were applied.</summary>
    public long Successes => Volatile.Read(ref _successes);

    /// <summary>Reloads that changed nothing because of an error.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Reads the file again and applies it. Blocks while it resolves names and while another reload is under way.</summary>
    /// <param name="cause">What asked for it, for the log: <c>SIGHUP</c>, <c>file changed</c>.</param>
    public ReloadResult Reload(string cause)
    {
        lock (_oneAtATime)
        {
            ReloadResult result = Try(cause);
            if (result.Applied)
                Interlocked.Increment(ref _successes);
            else
                Interlocked.Increment(ref _failures);
            return result;
        }
    }

    /// <summary>Says what was put in force at the start, before the first reload.</summary>
    public void Begin(FastCanaryConfig config, Snapshot snapshot) => _inForce = (config, snapshot);

    /// <summary>
    /// Resolves the endpoints' names whose interval has passed. Where one stands for another address now, what is in force is applied anew with it. Resolving blocks, but no reload waits for it.
    /// </summary>
    /// <param name="warnings">Takes the names that cannot be resolved; they keep the address they have.</param>
    /// <returns>What is in force now; null where nothing has changed.</returns>
    public Snapshot? Reresolve(List<ConfigWarning> warnings)
    {
        if (_inForce is not { } before || !compiler.Reresolve(before.Config, before.Snapshot, warnings))
            return null;
        lock (_oneAtATime)
        {
            // A reload that came between has resolved every name.
            if (_inForce?.Snapshot != before.Snapshot || compiler.Recompile(before.Config, before.Snapshot, []) is not { } snapshot)
                return null;
            readdress(snapshot);
            _inForce = (before.Config, snapshot);
            return snapshot;
        }
    }

    private ReloadResult Try(string cause)
    {
        ConfigResult loaded = load();
        if (loaded.Config is not { } config)
            return new ReloadResult(cause, Config: null, Snapshot: null, loaded.Errors, loaded.Warnings);
        var errors = new List<ConfigError>();
        if (compiler.Compile(config, errors) is not { } snapshot)
            return new ReloadResult(cause, Config: null, Snapshot: null, errors, loaded.Warnings);
        try
        {
            apply(config, snapshot, cause);
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            return new ReloadResult(cause, Config: null, Snapshot: null, [new ConfigError(config.File, 0, 0, "", refused.Message)], loaded.Warnings);
        }
        _inForce = (config, snapshot);
        return new ReloadResult(cause, config, snapshot, [], loaded.Warnings);
    }
}
