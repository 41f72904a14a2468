using System.Net;
using System.Net.Sockets;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>Free loopback ports, from below the range that the kernel gives to outgoing connections: nobody else is handed one by chance.</summary>
internal static class Ports
{
    private const int First = 15000;
    private const int Count = 17000;

    private static int Next = Random.Shared.Next(Count);

    /// <summary>A port that nobody listens on now, and that this run does not give away again.</summary>
    public static int Free()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + ((Interlocked.Increment(ref Next) & int.MaxValue) % Count);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }

        throw new InvalidOperationException($"no free port from {First} to {First + Count}");
    }

    /// <summary>Whether a connection to the port is refused.</summary>
    public static bool Refuses(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
    }
}
