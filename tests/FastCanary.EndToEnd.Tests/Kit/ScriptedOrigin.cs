using System.Net;
using System.Net.Sockets;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>An origin that does on each connection what the test says, on a thread of its own.</summary>
internal sealed class ScriptedOrigin : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _connections = [];
    private readonly Action<OriginConnection> _script;
    private int _accepted;
    private volatile bool _stopped;

    /// <param name="script">Runs once per connection; the connection closes behind it.</param>
    /// <param name="port">Where to listen; 0: anywhere.</param>
    public ScriptedOrigin(Action<OriginConnection> script, int port = 0)
    {
        _script = script;
        Port = port > 0 ? port : Ports.Free();
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        _listener.Listen(1024);
        new Thread(Accept) { IsBackground = true, Name = $"origin {Port}" }.Start();
    }

    public int Port { get; }

    /// <summary>Connections that came so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Answers every request with the same body, as long as the proxy asks.</summary>
    public static ScriptedOrigin Answering(string body, int port = 0) => new(connection => connection.AnswerAll(_ => Response(body)), port);

    /// <summary>Answers every request with what is made of it.</summary>
    public static ScriptedOrigin Answering(Func<HttpMessage, string> response, int port = 0) => new(connection => connection.AnswerAll(response), port);

    public static string Response(string body) => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    /// <summary>Stops listening and resets its connections, as a process that is killed does.</summary>
    public void Dispose()
    {
        _stopped = true;
        _listener.Dispose();
        lock (_connections)
        {
            foreach (var connection in _connections)
            {
                // It may have been disposed by its own thread.
                if (!connection.SafeHandle.IsClosed) Reset(connection);
            }
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            // A thread that receives on it holds it open; shutting it down lets that thread go.
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }

        socket.Dispose();
    }

    private void Accept()
    {
        while (true)
        {
            Socket connection;
            try
            {
                connection = _listener.Accept();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _accepted);
            lock (_connections)
            {
                _connections.RemoveAll(static old => old.SafeHandle.IsClosed);
                _connections.Add(connection);
                if (_stopped) Reset(connection);
            }

            new Thread(() => Serve(connection), maxStackSize: 512 * 1024) { IsBackground = true, Name = $"origin {Port}" }.Start();
        }
    }

    private void Serve(Socket socket)
    {
        using var connection = socket;
        try
        {
            _script(new OriginConnection(socket));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // The proxy went away, or the test is over.
        }
    }
}
