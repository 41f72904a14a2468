using System.Net;

namespace FastCanary.Transport;

/// <summary>The transport cannot start or listen. Thrown on the control path only; the message names the address and the remedy.</summary>
public sealed class TransportException : IOException
{
    public TransportException(string message)
        : base(message)
    {
    }

    public TransportException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public TransportException()
    {
    }

    internal static TransportException CannotListen(IPEndPoint address, int errno) => new(errno switch
    {
        Epoll.Errno.AddressInUse => $"cannot listen on {address}: the address is in use; stop the program that holds it (ss -ltnp shows it) or choose another port",
        Epoll.Errno.AddressNotAvailable => $"cannot listen on {address}: this machine has no such address",
        Epoll.Errno.PermissionDenied => $"cannot listen on {address}: permission denied; ports below 1024 need CAP_NET_BIND_SERVICE",
        _ => $"cannot listen on {address}: {Epoll.Errno.Describe(errno)}",
    });
}
