using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace FastCanary.Transport;

/// <summary>One loop's share of a listening address. Loop's thread only.</summary>
public abstract class Listener
{
    // Handing a connection over costs two threads some microseconds: a little imbalance is cheaper.
    private const int HandOverAbove = 4;

    private int _connections;

    private protected Listener(EventLoop loop, IPEndPoint address, ConnectionLimit limit, Action<Connection> onAccepted)
    {
        Loop = loop;
        Address = address;
        Limit = limit;
        OnAccepted = onAccepted;
    }

    /// <summary>Connections accepted for this loop that are open now, those on their way to it included. Any thread may read it.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Accepting has ended: connections end after the exchange they are in.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>The other loops' shares of the address, which fresh connections may be handed to. Set once, before they matter.</summary>
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "written once")]
    public Listener[] Siblings { get; set; } = [];

    internal EventLoop Loop { get; }

    internal IPEndPoint Address { get; }

    internal ConnectionLimit Limit { get; }

    internal Action<Connection> OnAccepted { get; }

    internal int Slot { get; set; }

    /// <summary>Accepts what waits in the backlog, closes the listening socket and ends idle connections.</summary>
    public void Drain()
    {
        Loop.AssertCurrent();
        IsDraining = true;
        // What the kernel has accepted for us would be reset by the close.
        AcceptAll();
        Close();
        Loop.CancelIdle(this);
    }

    /// <summary>Accepts what waits, up to a pass's share.</summary>
    internal abstract void Accept();

    /// <summary>Accepts everything that waits.</summary>
    private protected abstract void AcceptAll();

    /// <summary>Closes the listening socket, if it is open.</summary>
    internal abstract void Close();

    internal void Joined() => Interlocked.Increment(ref _connections);

    internal void Left()
    {
        Interlocked.Decrement(ref _connections);
        Limit.Leave();
    }

    /// <summary>Who shall have a fresh connection: this loop, unless another one has clearly fewer. The kernel spreads few connections unevenly.</summary>
    private protected Listener Choose()
    {
        var chosen = this;
        // A loop that drains keeps what it accepts: its siblings may be gone.
        if (IsDraining) return chosen;
        var fewest = Connections - HandOverAbove - (Connections / 8);
        foreach (var sibling in Siblings)
        {
            if (sibling.Connections >= fewest) continue;
            fewest = sibling.Connections;
            chosen = sibling;
        }

        return chosen;
    }
}
