using System.Net;

namespace FastCanary.Transport.Epoll;

/// <summary>The backend on Linux's epoll.</summary>
internal sealed class EpollBackend() : TransportBackend("epoll")
{
    private readonly Lock _lock = new();
    private readonly List<EpollReservation> _reservations = [];

    public override EventLoop CreateLoop(string name, long blockBytesMax) => new EpollLoop(this, name, blockBytesMax);

    public override void Probe(IPEndPoint address) => _ = Libc.Close(EpollLoop.OpenListener(address, shared: false));

    public override IDisposable Reserve(IPEndPoint address, int loops)
    {
        var reservation = new EpollReservation(this, address);
        try
        {
            for (var i = 0; i < loops; i++) reservation.Descriptors.Push(EpollLoop.OpenListener(address, shared: true));
        }
        catch (TransportException)
        {
            reservation.CloseAll();
            throw;
        }

        lock (_lock) _reservations.Add(reservation);
        return reservation;
    }

    /// <summary>A socket that listens on an address: one that was reserved, or a new one.</summary>
    /// <exception cref="TransportException">The address cannot be listened on.</exception>
    internal int OpenListener(IPEndPoint address)
    {
        lock (_lock)
        {
            foreach (var reservation in _reservations)
            {
                if (reservation.Address.Equals(address) && reservation.Descriptors.TryPop(out var descriptor)) return descriptor;
            }
        }

        return EpollLoop.OpenListener(address, shared: true);
    }

    internal void GiveBack(EpollReservation reservation)
    {
        lock (_lock)
        {
            _reservations.Remove(reservation);
            reservation.CloseAll();
        }
    }
}
