using System.Collections.Concurrent;
using System.Net.Sockets;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>Requests on several keep-alive connections at once, and what came of each.</summary>
internal sealed class Load : IDisposable
{
    private readonly ConcurrentDictionary<string, int> _bodies = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Thread[] _threads;
    private readonly int[] _turns;
    private readonly int _port;
    private int _left;
    private volatile bool _stop;

    private Load(int port, int connections, int requests)
    {
        _port = port;
        _left = requests;
        _turns = new int[connections];
        _threads = [.. Enumerable.Range(0, connections).Select(i => new Thread(() => Send(ref _turns[i]), maxStackSize: 512 * 1024) { IsBackground = true })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>How often each body came.</summary>
    public IReadOnlyDictionary<string, int> Bodies => _bodies;

    public int Answered => _bodies.Values.Sum();

    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Sends exactly so many requests.</summary>
    public static Load Run(int port, int connections, int requests)
    {
        using var load = new Load(port, connections, requests);
        foreach (var thread in load._threads) Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "the requests took longer than 60 s");
        return load;
    }

    /// <summary>Sends until it is stopped, at most a million requests.</summary>
    public static Load Begin(int port, int connections) => new(port, connections, 1_000_000);

    /// <summary>Returns when every request that is under way now has ended, while others follow.</summary>
    public void WaitForThoseUnderWay()
    {
        var before = _turns.Select(static (_, i) => i).Select(i => Volatile.Read(ref _turns[i])).ToArray();
        Eventually.Holds(() => before.Select((turn, i) => Volatile.Read(ref _turns[i]) != turn).All(static isOver => isOver), "a request on every connection ends");
    }

    /// <summary>Lets the requests under way end.</summary>
    public void Stop()
    {
        _stop = true;
        foreach (var thread in _threads) Assert.True(thread.Join(Eventually.Patience), "a request took longer than 20 s");
    }

    public void Dispose() => _stop = true;

    /// <param name="turn">Counts its requests that have ended.</param>
    private void Send(ref int turn)
    {
        RawClient? client = null;
        for (; !_stop && Interlocked.Decrement(ref _left) >= 0; Volatile.Write(ref turn, turn + 1))
        {
            try
            {
                client ??= new RawClient(_port);
                var answer = client.Get();
                if (answer.Status == 200) _bodies.AddOrUpdate(answer.Text, 1, static (_, count) => count + 1);
                else _failures.Enqueue($"{answer.StartLine}: {answer.Text}");
                if (!answer.Closes) continue;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                _failures.Enqueue(e.Message);
            }

            client?.Dispose();
            client = null;
        }

        client?.Dispose();
    }
}
