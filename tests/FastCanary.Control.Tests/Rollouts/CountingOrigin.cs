using System.Net;
using System.Net.Sockets;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests.Rollouts;

/// <summary>An origin that counts its requests and fails a part of them at random. It reads heads only: requests have no body.</summary>
internal sealed class CountingOrigin : IDisposable
{
    private static readonly byte[] Good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();
    private static readonly byte[] Bad = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\nno"u8.ToArray();

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _connections = [];
    private readonly Random _random;
    private long _requests;
    private long _failed;

    /// <param name="failureRate">From 0 to 1.</param>
    /// <param name="seed">Of the draw.</param>
    public CountingOrigin(double failureRate = 0, int seed = 1)
    {
        FailureRate = failureRate;
        _random = new Random(seed);
        Port = Ports.Free();
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        _listener.Listen(256);
        new Thread(Accept) { IsBackground = true, Name = $"origin {Port}" }.Start();
    }

    public int Port { get; }

    public double FailureRate { get; set; }

    public long Requests => Volatile.Read(ref _requests);

    public long Failed => Volatile.Read(ref _failed);

    public void Dispose()
    {
        _listener.Dispose();
        lock (_connections)
        {
            foreach (Socket connection in _connections) connection.Dispose();
        }
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket connection = _listener.Accept();
                connection.NoDelay = true;
                lock (_connections) _connections.Add(connection);
                new Thread(() => Serve(connection), maxStackSize: 256 * 1024) { IsBackground = true, Name = $"origin {Port}" }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private void Serve(Socket connection)
    {
        byte[] input = new byte[64 * 1024];
        var heads = new HeadCounter();
        try
        {
            while (connection.Receive(input) is > 0 and var count)
            {
                for (int left = heads.Count(input.AsSpan(0, count)); left > 0; left--)
                    connection.Send(Answer());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The proxy has closed, or the test is over.
        }
    }

    private byte[] Answer()
    {
        Interlocked.Increment(ref _requests);
        lock (_random)
        {
            if (_random.NextDouble() >= FailureRate) return Good;
        }

        Interlocked.Increment(ref _failed);
        return Bad;
    }
}
