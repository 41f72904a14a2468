using System.Net;
using System.Net.Sockets;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>
/// An origin for load, whose behaviour is changed while it runs, and which knows when each request came. A thread and two small buffers per connection, no message objects: requests without bodies only.
/// </summary>
internal sealed class SteeredOrigin : IDisposable
{
    /// <summary>What a request's target begins with that is counted apart.</summary>
    public const string ProbePath = "/probe";

    private const int RequestsMax = 1 << 20;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _connections = [];
    private readonly byte[] _good;
    private readonly byte[] _bad;

    // Each request's arrival: twice its ticks, and one more where it was failed.
    private readonly long[] _requests = new long[RequestsMax];
    private int _count;
    private int _probes;
    private int _turn;
    private volatile int _failEvery;
    private volatile int _delayMs;
    private volatile bool _stopped;

    /// <param name="name">The body of its answers.</param>
    public SteeredOrigin(string name)
    {
        _good = Response("200 OK", name);
        _bad = Response("500 Internal Server Error", name);
        Port = Ports.Free();
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        _listener.Listen(1024);
        new Thread(Accept) { IsBackground = true, Name = $"origin {Port}" }.Start();
    }

    public int Port { get; }

    /// <summary>Of so many requests one is answered with 500; 0: none.</summary>
    public int FailEvery
    {
        get => _failEvery;
        set => _failEvery = value;
    }

    /// <summary>From a request's arrival to its answer.</summary>
    public int DelayMs
    {
        get => _delayMs;
        set => _delayMs = value;
    }

    /// <summary>Requests that came so far, probes included.</summary>
    public int Requests => Volatile.Read(ref _count);

    /// <summary>Requests for <see cref="ProbePath"/>.</summary>
    public int Probes => Volatile.Read(ref _probes);

    /// <summary>Requests that were answered with 500.</summary>
    public int Failed => CountFailed(DateTime.MaxValue);

    /// <summary>Requests that came after a moment, UTC.</summary>
    public int CountAfter(DateTime moment) => Count(request => request >> 1 > moment.Ticks);

    /// <summary>Requests that came up to a moment, UTC, and were answered with 500.</summary>
    public int CountFailed(DateTime upTo) => Count(request => (request & 1) != 0 && request >> 1 <= upTo.Ticks);

    /// <summary>When the last request came, UTC.</summary>
    public DateTime LastAt => Requests == 0 ? DateTime.MinValue : new DateTime(_requests[Requests - 1] >> 1, DateTimeKind.Utc);

    public void Dispose()
    {
        _stopped = true;
        _listener.Dispose();
        lock (_connections)
        {
            foreach (var connection in _connections) End(connection);
        }
    }

    private static byte[] Response(string status, string body) =>
        System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    private static void End(Socket connection)
    {
        try
        {
            // Lets go a thread that receives on it.
            connection.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }
    }

    private int Count(Func<long, bool> counts) => _requests.AsSpan(0, Requests).ToArray().Count(counts);

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

            lock (_connections)
            {
                _connections.RemoveAll(static old => old.SafeHandle.IsClosed);
                _connections.Add(connection);
                if (_stopped) End(connection);
            }

            new Thread(() => Serve(connection), maxStackSize: 256 * 1024) { IsBackground = true, Name = $"origin {Port}" }.Start();
        }
    }

    private void Serve(Socket socket)
    {
        using var connection = socket;
        try
        {
            connection.NoDelay = true;
            var buffer = new byte[8 * 1024];
            for (var end = 0; ;)
            {
                var received = connection.Receive(buffer, end, buffer.Length - end, SocketFlags.None);
                if (received == 0) return;
                end += received;
                for (int length; (length = buffer.AsSpan(0, end).IndexOf("\r\n\r\n"u8)) >= 0;)
                {
                    Answer(connection, buffer.AsSpan(0, length));
                    end -= length + 4;
                    Buffer.BlockCopy(buffer, length + 4, buffer, 0, end);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The proxy went away, or the test is over.
        }
    }

    private void Answer(Socket connection, ReadOnlySpan<byte> head)
    {
        var arrival = DateTime.UtcNow;
        var (failEvery, delayMs) = (_failEvery, _delayMs);
        var fails = failEvery > 0 && Interlocked.Increment(ref _turn) % failEvery == 0;
        lock (_requests)
        {
            Assert.True(_count < RequestsMax, "more requests than any test sends");
            _requests[_count] = (2 * arrival.Ticks) + (fails ? 1 : 0);
            _count++;
            if (head.StartsWith("GET /probe"u8)) _probes++;
        }

        // Until the moment that the delay says, so that what the machine has taken already does not come on top of it.
        while (delayMs > 0 && arrival.AddMilliseconds(delayMs) - DateTime.UtcNow is { Ticks: > 0 } left) Thread.Sleep(left);
        var answer = fails ? _bad.AsSpan() : _good.AsSpan();
        while (!answer.IsEmpty) answer = answer[connection.Send(answer)..];
    }
}
