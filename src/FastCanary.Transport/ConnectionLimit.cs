namespace FastCanary.Transport;

/// <summary>
/// How many connections a listening address may have open over all loops. At the bound accepting pauses: new connections wait in the kernel's
/// backlog, as behind HAProxy's maxconn, and are looked at again every <see cref="RetryMs"/> ms. Any thread.
/// </summary>
public sealed class ConnectionLimit
{
    /// <summary>How long accepting pauses when there is no room, in milliseconds.</summary>
    public const int RetryMs = 100;

    private int _open;

    /// <summary>The bound; 0: none.</summary>
    public int CountMax { get; set; }

    /// <summary>Connections that are open now.</summary>
    public int Open => Volatile.Read(ref _open);

    internal bool TryEnter()
    {
        var max = CountMax;
        if (Interlocked.Increment(ref _open) <= max || max == 0) return true;
        Interlocked.Decrement(ref _open);
        return false;
    }

    internal void Leave() => Interlocked.Decrement(ref _open);
}
