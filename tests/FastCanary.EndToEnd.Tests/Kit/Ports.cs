using System.Net;
using System.Net.Sockets;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>
/// Free loopback ports, from below the range that the kernel gives to outgoing connections: nobody else is handed one by chance. Each process of tests has a part of them to itself, which it holds by
/// listening on the part's first port: so a port stays free that is not listened on yet, or not any more.
/// </summary>
internal static class Ports
{
    private const int First = 15000;
    private const int Parts = 17;
    private const int PartSize = 1000;

    private static readonly Lock Gate = new();
    private static readonly List<Socket> Held = [];

    private static int Next;
    private static int Left;

    /// <summary>A port that nobody listens on now, and that this run does not give away again.</summary>
    public static int Free()
    {
        lock (Gate)
        {
            while (true)
            {
                if (Left == 0) TakePart();
                Left--;
                var port = Next++;
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
        }
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
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            // A listener that ends just now resets what it has not accepted.
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    private static void TakePart()
    {
        var parts = Enumerable.Range(0, Parts).ToArray();
        Random.Shared.Shuffle(parts);
        foreach (var part in parts)
        {
            var first = First + (part * PartSize);
            var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                holder.Bind(new IPEndPoint(IPAddress.Loopback, first));
                holder.Listen();
            }
            catch (SocketException)
            {
                // Another process has it, or this one has used it up.
                holder.Dispose();
                continue;
            }

            Held.Add(holder);
            (Next, Left) = (first + 1, PartSize - 1);
            return;
        }

        throw new InvalidOperationException($"no free port from {First} to {First + (Parts * PartSize)}");
    }
}
