using FastCanary.Traffic;
using FastCanary.Transport;
using FastCanary.Transport.Epoll;

namespace FastCanary.Proxy;

/// <summary>
/// The data plane: one loop per core, each with its own listeners, sessions and pools. Controlled from one thread (the control plane's);
/// the two meet in the snapshot that <see cref="Apply"/> publishes and in counters that the control plane reads.
/// </summary>
public sealed class DataPlane : IDisposable
{
    // Enough for the input of some thousand active connections a loop; idle ones hold none.
    private const long BlockBytesMax = 128L << 20;

    private readonly Worker[] _workers;
    private readonly Dictionary<int, OpenListener> _listeners = [];
    private PublishedSnapshot _snapshot;
    private bool _stopped;

    /// <param name="loops">Number of loops; 0: one per core.</param>
    /// <exception cref="TransportException">The kernel gives no loop.</exception>
    public DataPlane(int loops)
    {
        _snapshot = new PublishedSnapshot(new Snapshot { Listeners = [], Services = [], Endpoints = [] });
        _workers = new Worker[loops > 0 ? loops : Environment.ProcessorCount];
        for (var i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Worker(this, new EpollLoop($"loop-{i}", BlockBytesMax));
            _workers[i].Loop.Start();
        }
    }

    /// <summary>Number of loops.</summary>
    public int Loops => _workers.Length;

    /// <summary>Client connections whose sessions are open, over all loops.</summary>
    public int Sessions => Sum(static worker => worker.Sessions);

    /// <summary>Every connection that is open: clients', upstream's, idle and lingering ones.</summary>
    public int Connections => Sum(static worker => worker.Loop.ConnectionCount);

    /// <summary>Blocks of memory that connections hold.</summary>
    public int BlocksRented => Sum(static worker => worker.Loop.BlocksRented);

    /// <summary>The exception of the last session that failed by a bug of ours; null while none did.</summary>
    public Exception? LastBug { get; private set; }

    internal PublishedSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>
    /// Puts a snapshot in force: opens its new listeners, publishes it, ends the listeners that it no longer has. Requests under way keep
    /// what they began with.
    /// </summary>
    /// <exception cref="TransportException">A new address cannot be listened on; nothing has changed.</exception>
    public void Apply(Snapshot snapshot)
    {
        var opened = new List<(ListenerModel Model, OpenListener Open)>();
        foreach (var listener in snapshot.Listeners)
        {
            if (_listeners.ContainsKey(listener.State.Id)) continue;
            EpollLoop.Probe(listener.BindTo);
            opened.Add((listener, new OpenListener(listener.State.Id)));
        }

        Volatile.Write(ref _snapshot, new PublishedSnapshot(snapshot));
        foreach (var (model, open) in opened) Open(model, open);
        foreach (var listener in snapshot.Listeners) _listeners[listener.State.Id].Limit.CountMax = listener.ConnectionsMax;
        foreach (var open in new List<OpenListener>(_listeners.Values))
        {
            if (Snapshot.Find(open.Id) is null) Close(open);
        }

        foreach (var worker in _workers) worker.Loop.Post(() => worker.ClosePoolsExcept(snapshot.Endpoints));
    }

    /// <summary>Stops accepting and lets exchanges end, up to <paramref name="timeout"/>; then ends what is left.</summary>
    /// <returns>True when every exchange ended by itself.</returns>
    public bool Drain(TimeSpan timeout)
    {
        foreach (var open in new List<OpenListener>(_listeners.Values)) Close(open);
        // Behind it, what waited in the backlogs is a session and counts.
        OnEachLoop(static () => 0);
        var until = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (Sessions > 0 && Environment.TickCount64 < until) Thread.Sleep(10);
        var drained = Sessions == 0;
        Dispose();
        return drained;
    }

    /// <summary>Failures of requests to one endpoint, over all loops, with the last one's kind.</summary>
    public EndpointFailures FailuresOf(EndpointModel endpoint)
    {
        var sum = default(EndpointFailures);
        foreach (var worker in _workers)
        {
            var failures = worker.Failures;
            if (endpoint.State.Id >= failures.Length) continue;
            var entry = failures[endpoint.State.Id];
            if (entry.Count > 0) sum = entry with { Count = sum.Count + entry.Count };
        }

        return sum;
    }

    /// <summary>Exchanges that ended with <paramref name="outcome"/>, over all loops.</summary>
    public long Count(ExchangeOutcome outcome)
    {
        var sum = 0L;
        foreach (var worker in _workers) sum += Volatile.Read(ref worker.Outcomes[(int)outcome]);
        return sum;
    }

    /// <summary>Runs <paramref name="work"/> on each loop's thread and returns the results; for measurements.</summary>
    public T[] OnEachLoop<T>(Func<T> work) => Array.ConvertAll(_workers, worker => worker.Loop.Call(work));

    /// <summary>Ends everything now.</summary>
    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        foreach (var worker in _workers)
        {
            worker.Loop.Stop();
            (worker.Loop as IDisposable)?.Dispose();
        }
    }

    internal void ReportBug(Exception e) => LastBug = e;

    private void Open(ListenerModel model, OpenListener open)
    {
        _listeners.Add(open.Id, open);
        foreach (var worker in _workers)
        {
            var listener = worker.Loop.Listen(model.BindTo, open.Limit, connection =>
            {
                _ = model.Protocol == ListenerProtocol.Http
                    ? new Session(worker, connection, connection.AcceptedFrom!, open.Id).RunAsync()
                    : new TcpSession(worker, connection, open.Id).RunAsync();
            });
            open.PerLoop.Add((worker, listener));
        }
    }

    private void Close(OpenListener open)
    {
        _listeners.Remove(open.Id);
        foreach (var (worker, listener) in open.PerLoop) worker.Loop.Post(listener.Drain);
    }

    private int Sum(Func<Worker, int> count)
    {
        var sum = 0;
        foreach (var worker in _workers) sum += count(worker);
        return sum;
    }

    private sealed class OpenListener(int id)
    {
        public int Id { get; } = id;

        public ConnectionLimit Limit { get; } = new();

        public List<(Worker Worker, Listener Listener)> PerLoop { get; } = [];
    }
}
