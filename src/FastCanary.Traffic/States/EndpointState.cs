namespace FastCanary.Traffic;

/// <summary>
/// What of an endpoint outlives a reload; the same object for the same service, version and <c>host:port</c>. Shared by all loops, never locked:
/// what a healthy endpoint's requests touch is only read.
/// </summary>
public sealed class EndpointState
{
    // Up, but nobody has looked since: the first who does says when.
    private const long UpUnseen = -1;

    private readonly VersionState _version;
    private int _connections;
    private int _consecutiveFailures;
    private long _ejectedUntilMs;
    private long _ejectedForMs;
    private long _ejections;
    private bool _isDown;
    private long _upSinceMs;

    internal EndpointState(int id, string key, VersionState version)
    {
        Id = id;
        Key = key;
        _version = version;
    }

    /// <summary>Dense from 0, in order of first appearance; never given to another endpoint while the process lives.</summary>
    public int Id { get; }

    /// <summary><c>service/version/host:port</c>.</summary>
    public string Key { get; }

    /// <summary>Connections in use, where the endpoint has a bound for them.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Failures since the last success.</summary>
    public int ConsecutiveFailures => Volatile.Read(ref _consecutiveFailures);

    /// <summary>Times that the endpoint was ejected.</summary>
    public long Ejections => Volatile.Read(ref _ejections);

    /// <summary>When the last ejection ends, or has ended, on the loops' clock; 0 where there was none.</summary>
    public long EjectedUntilMs => Volatile.Read(ref _ejectedUntilMs);

    /// <summary>How long the last ejection lasts, or lasted.</summary>
    public long EjectedForMs => Volatile.Read(ref _ejectedForMs);

    /// <summary>Whether the endpoint is ejected.</summary>
    /// <param name="nowMs">The loops' clock.</param>
    public bool IsEjected(long nowMs) => nowMs < EjectedUntilMs;

    /// <summary>An active health check says that the endpoint is down: it is unavailable until one says that it is up.</summary>
    public bool IsDown => Volatile.Read(ref _isDown);

    /// <summary>Whether the endpoint is up and not ejected.</summary>
    /// <param name="nowMs">The loops' clock.</param>
    public bool IsAvailable(long nowMs) => !IsDown && !IsEjected(nowMs);

    /// <summary>Says what an active health check has found out. An endpoint that comes up starts slowly, from the first request that looks for one. One thread at a time.</summary>
    public void SetDown(bool isDown)
    {
        if (isDown == _isDown) return;
        if (!isDown) Volatile.Write(ref _upSinceMs, UpUnseen);
        Volatile.Write(ref _isDown, isDown);
        _version.ChangeAvailability();
    }

    /// <summary>Takes one of the endpoint's connections into use, if one is free.</summary>
    /// <param name="connectionsMax">How many there are.</param>
    public bool TryTakeConnection(int connectionsMax)
    {
        int taken = Volatile.Read(ref _connections);
        while (taken < connectionsMax)
        {
            int seen = Interlocked.CompareExchange(ref _connections, taken + 1, taken);
            if (seen == taken) return true;
            taken = seen;
        }

        return false;
    }

    /// <summary>Gives back what <see cref="TryTakeConnection"/> took.</summary>
    public void GiveConnection() => Interlocked.Decrement(ref _connections);

    /// <summary>When an endpoint that is well came back, from an ejection or from being down; 0 where it was never away.</summary>
    /// <param name="nowMs">The loops' clock.</param>
    internal long BackSinceMs(long nowMs)
    {
        long upSinceMs = Volatile.Read(ref _upSinceMs);
        if (upSinceMs == UpUnseen)
        {
            long seenMs = Math.Max(1, nowMs);
            upSinceMs = Interlocked.CompareExchange(ref _upSinceMs, seenMs, UpUnseen);
            if (upSinceMs == UpUnseen) upSinceMs = seenMs;
        }

        return Math.Max(upSinceMs, EjectedUntilMs);
    }

    internal int AddFailure() => Interlocked.Increment(ref _consecutiveFailures);

    internal void ClearFailures()
    {
        if (_consecutiveFailures != 0) Volatile.Write(ref _consecutiveFailures, 0);
    }

    /// <summary>One failure more ejects an endpoint that comes back: so much is known of it.</summary>
    internal void Eject(long nowMs, long forMs, int consecutiveFailures)
    {
        Volatile.Write(ref _consecutiveFailures, consecutiveFailures - 1);
        Volatile.Write(ref _ejectedForMs, forMs);
        Volatile.Write(ref _ejectedUntilMs, nowMs + forMs);
        Interlocked.Increment(ref _ejections);
    }
}
