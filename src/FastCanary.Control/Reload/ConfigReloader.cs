using System.Net.Sockets;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>Loads, compiles and applies the configuration, one reload at a time, whoever asks. A file with any error changes nothing.</summary>
/// <param name="load">Reads the file, as <see cref="ConfigLoader.Load"/> does.</param>
/// <param name="compiler">Keeps the states that are carried over.</param>
/// <param name="apply">
/// Swaps the snapshot in. Where it cannot (an address that is in use), it changes nothing and throws an <see cref="IOException"/> or
/// a <see cref="SocketException"/>, which becomes an error of the reload.
/// </param>
public sealed class ConfigReloader(Func<ConfigResult> load, SnapshotCompiler compiler, Action<Snapshot> apply)
{
    private readonly Lock _oneAtATime = new();
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
            apply(snapshot);
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            return new ReloadResult(cause, Config: null, Snapshot: null, [new ConfigError(config.File, 0, 0, "", refused.Message)], loaded.Warnings);
        }
        return new ReloadResult(cause, config, snapshot, [], loaded.Warnings);
    }
}
