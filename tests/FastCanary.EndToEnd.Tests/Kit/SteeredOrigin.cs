using System.Net.Sockets;
using System.Text;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>
/// An origin for load, whose behaviour is changed while it runs, and which knows when each request came. A thread and two small buffers per connection, no message objects: requests without bodies only.
/// </summary>
internal sealed class SteeredOrigin : IDisposable
{
    /// <summary>What a request's target begins with that is counted apart.</summary>
    public const string ProbePath = "/probe";

    private const int RequestsMax = 1 << 20;
    private const int StackBytes = 256 * 1024;

    private readonly OriginListener _listener;
    private readonly byte[] _good;
    private readonly byte[] _bad;

    // Each request's arrival: twice its ticks, and one more where it was failed.
    private readonly long[] _requests = new long[RequestsMax];
    private int _count;
    private int _probes;
    private int _turn;
    private volatile int _failEvery;
    private volatile int _delayMs;

    /// <param name="name">The body of its answers.</param>
    public SteeredOrigin(string name)
    {
        _good = Response("200 OK", name);
        _bad = Response("500 Internal Server Error", name);
        _listener = new OriginListener(port: 0, StackBytes, Serve);
    }

    public int Port => _listener.Port;

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

    public void Dispose() => _listener.Dispose();

    private static byte[] Response(string status, string body) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    private int Count(Func<long, bool> counts) => _requests.AsSpan(0, Requests).ToArray().Count(counts);

    private void Serve(Socket connection)
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
