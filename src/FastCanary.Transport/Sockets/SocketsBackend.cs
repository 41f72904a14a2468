using System.Net;

#pragma warning disable RS0030 // This backend is the one that is made of .NET's sockets.

namespace FastCanary.Transport.Sockets;

/// <summary>The backend on .NET's sockets: for systems without epoll. One listening socket per address; the loops of the process share it.</summary>
internal sealed class SocketsBackend() : TransportBackend("sockets")
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPEndPoint, SocketsAcceptor> _acceptors = [];

    public override EventLoop CreateLoop(string name, long blockBytesMax) => new SocketsLoop(this, name, blockBytesMax);

    public override void Probe(IPEndPoint address) => SocketsAcceptor.Open(address).Dispose();

    public override IDisposable Reserve(IPEndPoint address, int loops)
    {
        lock (_lock)
        {
            var acceptor = new SocketsAcceptor(SocketsAcceptor.Open(address));
            _acceptors.Add(address, acceptor);
            return new SocketsReservation(this, address, acceptor);
        }
    }

    /// <summary>Lets <paramref name="listener"/> have its share of what comes to its address; opens that where nobody listens there yet.</summary>
    /// <exception cref="TransportException">The address cannot be listened on.</exception>
    internal SocketsAcceptor Join(SocketsListener listener)
    {
        lock (_lock)
        {
            if (!_acceptors.TryGetValue(listener.Address, out var acceptor))
            {
                acceptor = new SocketsAcceptor(SocketsAcceptor.Open(listener.Address));
                _acceptors.Add(listener.Address, acceptor);
            }

            acceptor.Join(listener);
            return acceptor;
        }
    }

    /// <summary>Closes the address with its last listener.</summary>
    internal void Leave(SocketsAcceptor acceptor, SocketsListener listener)
    {
        lock (_lock)
        {
            if (acceptor.Leave(listener)) _acceptors.Remove(listener.Address);
        }
    }

    /// <summary>Closes an address that was reserved, where no listener has come.</summary>
    internal void GiveBack(IPEndPoint address, SocketsAcceptor acceptor)
    {
        lock (_lock)
        {
            if (acceptor.CloseUnused()) _acceptors.Remove(address);
        }
    }
}
