using System.Diagnostics;

namespace FastCanary.Transport;

/// <summary>
/// Idle connections to one endpoint, of one loop: last in, first out, bounded. While one is parked here the transport watches it, and
/// any event on it (the peer's close, a reset, bytes that nobody asked for, its idle deadline) closes it and takes it out. Loop's thread only.
/// </summary>
public sealed class IdleConnections(int countMax)
{
    private Connection? _newest;
    private Connection? _oldest;

    /// <summary>Connections that are parked now.</summary>
    public int Count { get; private set; }

    /// <summary>The connection that was parked last, or null where there is none.</summary>
    public Connection? TryTake()
    {
        var connection = _newest;
        if (connection is null) return null;
        Remove(connection);
        connection.ClearDeadline();
        return connection;
    }

    /// <summary>Takes over a connection that nobody uses any more; closes it if anything waits on it. The oldest makes room where the bound is reached.</summary>
    /// <param name="connection">Its peer has nothing more to say: every response was complete.</param>
    /// <param name="idleTimeoutMs">It is closed after this long.</param>
    public void Park(Connection connection, int idleTimeoutMs)
    {
        Debug.Assert(connection.ParkedIn is null, "a connection is parked once");
        if (!connection.IsQuiet || countMax == 0)
        {
            connection.Close();
            return;
        }

        if (Count == countMax) _oldest!.Close();
        connection.ParkedIn = this;
        connection.ParkedOlder = _newest;
        if (_newest is { } newest) newest.ParkedNewer = connection;
        else _oldest = connection;
        _newest = connection;
        Count++;
        connection.SetDeadline(idleTimeoutMs);
    }

    /// <summary>Closes every parked connection.</summary>
    public void CloseAll()
    {
        while (_newest is { } connection) connection.Close();
    }

    internal void Remove(Connection connection)
    {
        Debug.Assert(connection.ParkedIn == this, "removed from where it is parked");
        if (connection.ParkedNewer is { } newer) newer.ParkedOlder = connection.ParkedOlder;
        else _newest = connection.ParkedOlder;
        if (connection.ParkedOlder is { } older) older.ParkedNewer = connection.ParkedNewer;
        else _oldest = connection.ParkedNewer;
        connection.ParkedIn = null;
        connection.ParkedNewer = connection.ParkedOlder = null;
        Count--;
    }
}
