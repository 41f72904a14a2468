using System.Net;
using System.Net.Sockets;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>Listens as an origin does, with a thread for each connection.</summary>
internal sealed class OriginListener : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _connections = [];
    private readonly Action<Socket> _serve;
    private readonly int _stackBytes;
    private int _accepted;
    private volatile bool _stopped;

    /// <param name="port">Where to listen; 0: anywhere.</param>
    /// <param name="stackBytes">Of each connection's thread.</param>
    /// <param name="serve">Runs once per connection; the connection closes behind it, whatever it throws because the other end has gone away.</param>
    public OriginListener(int port, int stackBytes, Action<Socket> serve)
    {
        (_serve, _stackBytes) = (serve, stackBytes);
        Port = port > 0 ? port : Ports.Free();
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        _listener.Listen(1024);
        new Thread(Accept) { IsBackground = true, Name = $"origin {Port}" }.Start();
    }

    public int Port { get; }

    /// <summary>Connections that came so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Stops listening and resets the connections, as a process that is killed does.</summary>
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

            new Thread(() => Serve(connection), _stackBytes) { IsBackground = true, Name = $"origin {Port}" }.Start();
        }
    }

    private void Serve(Socket socket)
    {
        using var connection = socket;
        try
        {
            _serve(socket);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // The proxy went away, or the test is over.
        }
    }
}
