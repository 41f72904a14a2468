using System.Net;

namespace FastCanary.Transport.Epoll;

/// <summary>Sockets that listen on an address and that no loop has yet. The backend's lock guards them.</summary>
internal sealed class EpollReservation(EpollBackend backend, IPEndPoint address) : IDisposable
{
    public IPEndPoint Address => address;

    public Stack<int> Descriptors { get; } = [];

    public void CloseAll()
    {
        while (Descriptors.TryPop(out var descriptor)) _ = Libc.Close(descriptor);
    }

    public void Dispose() => backend.GiveBack(this);
}
