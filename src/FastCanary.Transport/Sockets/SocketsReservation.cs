using System.Net;

namespace FastCanary.Transport.Sockets;

/// <summary>An address whose socket listens and whose listeners are still to come.</summary>
internal sealed class SocketsReservation(SocketsBackend backend, IPEndPoint address, SocketsAcceptor acceptor) : IDisposable
{
    public void Dispose() => backend.GiveBack(address, acceptor);
}
