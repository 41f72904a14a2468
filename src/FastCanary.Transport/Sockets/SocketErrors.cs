using System.Net.Sockets;

namespace FastCanary.Transport.Sockets;

/// <summary>.NET's socket errors in the transport's words.</summary>
internal static class SocketErrors
{
    public static ConnectionFailure ToFailure(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => ConnectionFailure.Refused,
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown => ConnectionFailure.Unreachable,
        SocketError.TimedOut => ConnectionFailure.TimedOut,
        // Windows says aborted where the connection is reset while something is under way.
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.NetworkReset => ConnectionFailure.Reset,
        SocketError.Shutdown => ConnectionFailure.Closed,
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AddressNotAvailable => ConnectionFailure.OutOfResources,
        _ => ConnectionFailure.Other,
    };
}
