using System.Net;
using System.Net.Sockets;

#pragma warning disable RS0030 // This backend is the one that is made of .NET's sockets.

namespace FastCanary.Transport.Sockets;

/// <summary>
/// A listening socket, which the listeners of all loops on one address share: no portable option spreads connections over several. One of them at a
/// time has the turn to accept, the newest; it is given up when a pass's share was accepted, and while the kernel has nothing. What is accepted
/// goes to the loop with the fewest connections.
/// </summary>
internal sealed class SocketsAcceptor : SocketAsyncEventArgs
{
    private readonly Lock _lock = new();
    private readonly List<SocketsListener> _listeners = [];
    private readonly Socket _socket;

    // Accepted while the limit left no room. Belongs to who has the turn.
    private Socket? _held;
    private bool _ended;
    private SocketsListener? _last;
    private volatile bool _closed;

    public SocketsAcceptor(Socket socket)
        : base(true) => _socket = socket;

    /// <exception cref="TransportException">The address cannot be listened on.</exception>
    public static Socket Open(IPEndPoint address)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            // As Linux has it by default: [::] is every address, IPv4's included.
            if (address.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = true;
            socket.Bind(address);
            socket.Listen(int.MaxValue);
            return socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw TransportException.CannotListen(address, e);
        }
    }

    /// <summary>The first one gets the turn to accept.</summary>
    public void Join(SocketsListener listener)
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = _listeners.Count == 0;
            _listeners.Add(listener);
        }

        if (isFirst) listener.AcceptSoon();
    }

    /// <returns>True where it was the last one, and the socket is closed.</returns>
    public bool Leave(SocketsListener listener)
    {
        lock (_lock)
        {
            _listeners.Remove(listener);
            if (_listeners.Count > 0) return false;
            _last = listener;
        }

        _closed = true;
        _socket.Dispose();
        return true;
    }

    /// <summary>Closes the socket where no listener has ever joined.</summary>
    /// <returns>True where it did.</returns>
    public bool CloseUnused()
    {
        lock (_lock)
        {
            if (_closed || _listeners.Count > 0) return false;
        }

        _closed = true;
        _socket.Dispose();
        Dispose();
        return true;
    }

    /// <summary>Gives the turn to the newest listener that is there.</summary>
    public void PassTurn()
    {
        var listener = Newest();
        if (!_closed) listener.AcceptSoon();
        else _held?.Dispose();
    }

    /// <summary>Accepts one. For who has the turn, on its loop.</summary>
    public AcceptResult TryTake(ConnectionLimit limit, out Socket? socket)
    {
        socket = null;
        var result = AcceptResult.Accepted;
        if (_held is null) result = TryAccept();
        if (result != AcceptResult.Accepted) return result;
        if (!limit.TryEnter()) return AcceptResult.NoRoom;
        socket = _held;
        _held = null;
        return AcceptResult.Accepted;
    }

    /// <summary>Accepts what the kernel holds, before <paramref name="listener"/> closes. Where others stay, it is for them.</summary>
    public void AcceptBacklog(SocketsListener listener)
    {
        lock (_lock)
        {
            if (_listeners.Count > 1) return;
        }

        while (listener.Limit.TryEnter())
        {
            try
            {
                listener.Place(_socket.Accept());
            }
            catch (SocketException)
            {
                // Nothing more; what the operation under way has taken comes by its completion.
                listener.Limit.Leave();
                return;
            }
        }
    }

    /// <summary>On a thread of the runtime: the turn comes back to a loop.</summary>
    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        _ended = true;
        // Of an address that was closed meanwhile, what was accepted is still served.
        if (!_closed || SocketError == SocketError.Success) Newest().AcceptSoon();
        else Dispose();
    }

    private AcceptResult TryAccept()
    {
        while (true)
        {
            if (_ended)
            {
                _ended = false;
            }
            else
            {
                if (_closed) return AcceptResult.Pending;
                AcceptSocket = null;
                try
                {
                    if (_socket.AcceptAsync(this)) return AcceptResult.Pending;
                }
                catch (ObjectDisposedException)
                {
                    return AcceptResult.Pending;
                }
            }

            switch (SocketError)
            {
                case SocketError.Success:
                    _held = AcceptSocket;
                    return AcceptResult.Accepted;
                case SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.Interrupted:
                    continue;
                case SocketError.OperationAborted:
                    return AcceptResult.Pending;
                default:
                    return AcceptResult.NoRoom;
            }
        }
    }

    private SocketsListener Newest()
    {
        lock (_lock) return _listeners.Count > 0 ? _listeners[^1] : _last!;
    }
}
