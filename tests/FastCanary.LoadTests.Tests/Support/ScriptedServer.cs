using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FastCanary.LoadTests.Tests.Support;

/// <summary>A server that does with each request what a test says. One thread per connection; requests have no content.</summary>
internal sealed class ScriptedServer : IDisposable
{
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Origin-Version: v1\r\n\r\nok";

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<Socket, int, bool> _serve;
    private readonly List<Socket> _accepted = [];
    private readonly List<string> _requests = [];
    private int _number;

    /// <param name="serve">Gets the connection and the number of the request over all connections, from 0; false closes the connection.</param>
    public ScriptedServer(Func<Socket, int, bool> serve)
    {
        _serve = serve;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        new Thread(Accept) { IsBackground = true }.Start();
    }

    /// <summary>One that answers each request with the same text.</summary>
    public ScriptedServer(string answer)
        : this((socket, _) => Send(socket, answer))
    {
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    public int Accepted
    {
        get
        {
            lock (_accepted) return _accepted.Count;
        }
    }

    /// <summary>The request lines, in the order in which they came.</summary>
    public string[] Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    /// <returns>True: the connection goes on.</returns>
    public static bool Send(Socket socket, string text)
    {
        socket.Send(Encoding.ASCII.GetBytes(text));
        return true;
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_accepted) _accepted.ForEach(socket => socket.Dispose());
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket socket = _listener.Accept();
                socket.NoDelay = true;
                lock (_accepted) _accepted.Add(socket);
                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private void Serve(Socket socket)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (socket.Receive(buffer) is > 0 and var read)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
                for (int end = text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal); end >= 0; end = text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal))
                {
                    string head = text.ToString(0, end);
                    text.Remove(0, end + 4);
                    lock (_requests) _requests.Add(head.Split("\r\n")[0]);
                    if (_serve(socket, Interlocked.Increment(ref _number) - 1)) continue;
                    socket.Dispose();
                    return;
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side, or the test, has ended it.
        }
    }
}
