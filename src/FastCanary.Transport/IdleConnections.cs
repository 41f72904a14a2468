using System.Diagnostics;

namespace FastCanary.Transport;

/// <summary>
/// Idle connections to one endpoint, of one loop: last in, first out, bounded. While one is parked here the transport watches it, and
/// any event on it (the peer's close, a reset, bytes that nobody asked for, its idle deadline) closes it and takes it out. Loop's thread only.
/// </summary>
public sealed class IdleConnections(int countMax)
{
    private Place? _newest;
    private Place? _oldest;

    /// <summary>Connections that are parked now.</summary>
    public int Count { get; private set; }

    /// <summary>The connection that was parked last, or null where there is none.</summary>
    public Connection? TryTake()
    {
        if (_newest is not { } place) return null;
        Remove(place.Connection);
        place.Connection.ClearDeadline();
        return place.Connection;
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

        if (Count == countMax) _oldest!.Connection.Close();
        var place = connection.Place ??= new Place(connection);
        place.List = this;
        place.Older = _newest;
        if (_newest is { } newest) newest.Newer = place;
        else _oldest = place;
        _newest = place;
        Count++;
        connection.SetDeadline(idleTimeoutMs);
    }

    /// <summary>Closes every parked connection.</summary>
    public void CloseAll()
    {
        while (_newest is { } place) place.Connection.Close();
    }

    internal void Remove(Connection connection)
    {
        Debug.Assert(connection.ParkedIn == this, "removed from where it is parked");
        var place = connection.Place!;
        if (place.Newer is { } newer) newer.Older = place.Older;
        else _newest = place.Older;
        if (place.Older is { } older) older.Newer = place.Newer;
        else _oldest = place.Newer;
        place.List = null;
        place.Newer = place.Older = null;
        Count--;
    }

    /// <summary>A connection's place between its neighbours; made when it is parked for the first time, and kept.</summary>
    internal sealed class Place(Connection connection)
    {
        public Connection Connection { get; } = connection;

        /// <summary>Null while the connection is in use.</summary>
        public IdleConnections? List { get; set; }

        public Place? Newer { get; set; }

        public Place? Older { get; set; }
    }
}
