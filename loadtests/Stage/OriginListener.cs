using System.Net;
using System.Net.Sockets;

namespace FastCanary.LoadTests.Stage;

/// <summary>The listening socket of an endpoint.</summary>
internal static class OriginListener
{
    private const int Backlog = 4096;

    /// <param name="name">Of the endpoint, for the error.</param>
    /// <param name="address">Where; with port 0 a free one.</param>
    /// <exception cref="IOException">It cannot be listened on.</exception>
    public static Socket Open(string name, IPEndPoint address)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(Backlog);
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new IOException($"the endpoint {name} cannot listen on {address}: {e.Message}", e);
        }
    }
}
