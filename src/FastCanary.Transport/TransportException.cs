using System.Net;
using System.Net.Sockets;

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

    internal static TransportException CannotListen(IPEndPoint address, int errno) => CannotListen(address, errno switch
    {
        Epoll.Errno.AddressInUse => SocketError.AddressAlreadyInUse,
        Epoll.Errno.AddressNotAvailable => SocketError.AddressNotAvailable,
        Epoll.Errno.PermissionDenied => SocketError.AccessDenied,
        _ => SocketError.SocketError,
    }, Epoll.Errno.Describe(errno));

    internal static TransportException CannotListen(IPEndPoint address, SocketException error) => CannotListen(address, error.SocketErrorCode, error.Message);

    private static TransportException CannotListen(IPEndPoint address, SocketError error, string description) => new(error switch
    {
        SocketError.AddressAlreadyInUse => $"cannot listen on {address}: the address is in use; stop the program that holds it (ss -ltnp shows it) or choose another port",
        SocketError.AddressNotAvailable => $"cannot listen on {address}: this machine has no such address",
        SocketError.AccessDenied => $"cannot listen on {address}: permission denied; ports below 1024 need CAP_NET_BIND_SERVICE",
        _ => $"cannot listen on {address}: {description}",
    });
}
