using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FastCanary.Demo;

/// <summary>A service to release, as small as can be: answers every request with its version's number. For the demo only.</summary>
internal sealed class DemoOrigin : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _response;

    public DemoOrigin(string version)
    {
        _response = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {version.Length}\r\n\r\n{version}");
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // Disposed: the demo is over.
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using var connection = socket;
        connection.NoDelay = true;
        var buffer = new byte[8192];
        var length = 0;
        try
        {
            while (true)
            {
                var received = await connection.ReceiveAsync(buffer.AsMemory(length));
                if (received == 0) return;
                length += received;
                // The demo sends GETs without a body: a request ends with its head.
                while (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is >= 0 and var end)
                {
                    buffer.AsSpan(end + 4, length - end - 4).CopyTo(buffer);
                    length -= end + 4;
                    await connection.SendAsync(_response);
                }
            }
        }
        catch (SocketException)
        {
            // The proxy went away: so does this connection.
        }
    }
}
