using System.Net;
using System.Net.Sockets;

namespace FastCanary.LoadTests.Exchanges;

/// <summary>.NET's HTTP client for one target: whatever the URL's host is, connections go there.</summary>
internal static class Http
{
    public static HttpMessageInvoker To(IPEndPoint address) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    });
}
