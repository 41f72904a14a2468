using System.Net;
using System.Net.Sockets;

#pragma warning disable RS0030 // This backend is the one that is made of .NET's sockets.

namespace FastCanary.Transport.Sockets;

/// <summary>One loop's share of an address. The socket is the <see cref="SocketsAcceptor"/>'s, whose turn to accept goes from one loop to another.</summary>
internal sealed class SocketsListener : Listener
{
    // The connections that exist get their turn between two batches of new ones.
    private const int AcceptsPerPass = 64;

    private readonly SocketsLoop _loop;
    private readonly SocketsBackend _backend;
    private readonly Pause _pause;
    private readonly Action _accept;
    private SocketsAcceptor? _acceptor;
    private bool _paused;
    private bool _closed;

    public SocketsListener(SocketsLoop loop, SocketsBackend backend, IPEndPoint address, ConnectionLimit limit, Action<Connection> onAccepted)
        : base(loop, address, limit, onAccepted)
    {
        _loop = loop;
        _backend = backend;
        _pause = new Pause(this);
        _accept = Accept;
    }

    /// <exception cref="TransportException">The address cannot be listened on.</exception>
    public void Open() => _acceptor = _backend.Join(this);

    /// <summary>Gives this loop the turn to accept. Any thread.</summary>
    public void AcceptSoon() => _loop.Post(_accept);

    internal override void Accept()
    {
        _paused = false;
        Accept(AcceptsPerPass);
    }

    private protected override void AcceptAll()
    {
        if (_closed) return;
        if (_paused) Accept();
        _acceptor!.AcceptBacklog(this);
    }

    internal override void Close()
    {
        if (_closed) return;
        _closed = true;
        _loop.Release(this);
        _loop.Deadlines.Remove(_pause);
        _backend.Leave(_acceptor!, this);
        // The turn is not to end here.
        if (_paused) _acceptor!.PassTurn();
    }

    /// <summary>Gives a fresh connection, which the limit has counted, to the loop with the fewest.</summary>
    internal void Place(Socket socket)
    {
        var chosen = (SocketsListener)Choose();
        chosen.Joined();
        if (chosen == this) _loop.Adopt(socket, this);
        else chosen._loop.Post(() => chosen._loop.Adopt(socket, chosen));
    }

    private void Accept(int countMax)
    {
        for (var i = 0; i < countMax; i++)
        {
            switch (_acceptor!.TryTake(Limit, out var socket))
            {
                case AcceptResult.Accepted:
                    Place(socket!);
                    break;
                case AcceptResult.NoRoom when !_closed:
                    _paused = true;
                    _loop.Deadlines.Set(_pause, _loop.NowMs + ConnectionLimit.RetryMs);
                    return;
                case AcceptResult.NoRoom:
                    _acceptor.PassTurn();
                    return;
                default:
                    return;
            }
        }

        _acceptor!.PassTurn();
    }

    private sealed class Pause(SocketsListener listener) : Deadline
    {
        internal override void Fire() => listener.Accept();
    }
}
