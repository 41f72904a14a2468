using System.Net;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>
/// The data plane: one loop per core, each with its own listeners, sessions and pools. Controlled by the control plane, one call at a time;
/// the two meet in the snapshot that <see cref="Apply"/> publishes and in counters that the control plane reads.
/// </summary>
public sealed class DataPlane : IDisposable
{
    // Enough for the input of some thousand active connections a loop; idle ones hold none.
    private const long BlockBytesMax = 128L << 20;

    private readonly Lock _control = new();
    private readonly TransportBackend _transport;
    private readonly Worker[] _workers;
    private readonly Dictionary<int, OpenListener> _listeners = [];
    private PublishedSnapshot _snapshot;
    private PlaceQueue?[] _queues = [];
    private ReservedAddresses? _reserved;
    private bool _draining;
    private bool _stopped;

    /// <param name="loops">Number of loops; 0: one per core.</param>
    /// <param name="transport">What the loops are made of.</param>
    /// <exception cref="TransportException">The system gives no loop.</exception>
    public DataPlane(int loops, TransportBackend transport)
        : this(loops, transport, static _ => new Randomness())
    {
    }

    /// <param name="loops">Number of loops; 0: one per core.</param>
    /// <param name="transport">What the loops are made of.</param>
    /// <param name="randomness">What each loop's requests draw from.</param>
    internal DataPlane(int loops, TransportBackend transport, Func<int, Randomness> randomness)
    {
        _transport = transport;
        _snapshot = new PublishedSnapshot(new Snapshot { Listeners = [], Services = [], Endpoints = [] });
        Mirrors = new MirrorComparer(ReportBug);
        _workers = new Worker[loops > 0 ? loops : Environment.ProcessorCount];
        AccessLog = new AccessLog(_workers.Length);
        for (var i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Worker(this, transport.CreateLoop($"loop-{i}", BlockBytesMax), i, randomness(i));
            _workers[i].Loop.Start();
        }
    }

    /// <summary>The name of the transport's backend.</summary>
    public string Transport => _transport.Name;

    /// <summary>Number of loops.</summary>
    public int Loops => _workers.Length;

    /// <summary>Client connections whose sessions are open, over all loops.</summary>
    public int Sessions => Sum(static worker => worker.Sessions);

    /// <summary>Every connection that is open: clients', upstream's, idle and lingering ones.</summary>
    public int Connections => Sum(static worker => worker.Loop.ConnectionCount);

    /// <summary>Blocks of memory that connections hold.</summary>
    public int BlocksRented => Sum(static worker => worker.Loop.BlocksRented);

    /// <summary>Pipes of the kernel that bodies go through.</summary>
    public int PipesRented => Sum(static worker => worker.Loop.PipesRented);

    /// <summary>The exception of the last session that failed by a bug of ours; null while none did.</summary>
    public Exception? LastBug { get; private set; }

    /// <summary>What the loops write about requests, and where.</summary>
    public AccessLog AccessLog { get; }

    /// <summary>Compares what is mirrored.</summary>
    internal MirrorComparer Mirrors { get; }

    internal IReadOnlyList<Worker> Workers => _workers;

    internal PublishedSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Takes the addresses of a snapshot's new listeners, so that none can be wanting when it is applied. Nothing else changes.</summary>
    /// <returns>Gives back those that were not applied, once disposed of.</returns>
    /// <exception cref="TransportException">A new address cannot be listened on; nothing has changed.</exception>
    public IDisposable Reserve(Snapshot snapshot)
    {
        lock (_control)
        {
            if (_reserved is not null) throw new InvalidOperationException("The addresses of another snapshot are reserved.");
            return _reserved = new ReservedAddresses(this, snapshot);
        }
    }

    /// <summary>
    /// Puts a snapshot in force: opens its new listeners, publishes it, ends the listeners that it no longer has. Requests under way keep
    /// what they began with.
    /// </summary>
    /// <exception cref="TransportException">A new address cannot be listened on, and was not reserved; nothing has changed.</exception>
    public void Apply(Snapshot snapshot)
    {
        lock (_control)
        {
            if (_stopped || _draining) return;
            using var reserved = _reserved is null ? Reserve(snapshot) : null;
            MakeQueues(snapshot);
            Volatile.Write(ref _snapshot, new PublishedSnapshot(snapshot));
            foreach (var listener in snapshot.Listeners)
            {
                if (!_listeners.ContainsKey(listener.State.Id)) Open(new OpenListener(listener));
            }

            foreach (var listener in snapshot.Listeners) _listeners[listener.State.Id].Limit.CountMax = listener.ConnectionsMax;
            foreach (var open in new List<OpenListener>(_listeners.Values))
            {
                if (Snapshot.Find(open.Id) is null) Close(open);
            }

            foreach (var worker in _workers)
            {
                worker.Loop.Post(() =>
                {
                    worker.ClosePoolsExcept(snapshot.Endpoints);
                    // There may be more connections to have than before.
                    foreach (var queue in _queues) queue?.Serve(worker);
                });
            }

            AwaitLoops();
        }
    }

    /// <summary>Stops accepting and lets exchanges end, up to <paramref name="timeout"/>; then ends what is left.</summary>
    /// <returns>True when every exchange ended by itself.</returns>
    public bool Drain(TimeSpan timeout)
    {
        lock (_control)
        {
            if (_stopped) return true;
            _draining = true;
            foreach (var open in new List<OpenListener>(_listeners.Values)) Close(open);
            // Behind the first, no loop hands connections over any more; behind the second, those that were are sessions and count.
            AwaitLoops();
            AwaitLoops();
        }

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

    /// <summary>What happened to the requests whose turn was a version's, over all loops.</summary>
    public VersionCounters CountersOf(VersionModel version)
    {
        var sum = default(VersionCounters);
        foreach (var worker in _workers)
        {
            if (worker.FindTally(version) is { } tally) sum += tally.Counters;
        }

        return sum;
    }

    /// <summary>All that was counted of a version, over all loops. No allocation.</summary>
    /// <param name="version">Of any snapshot: what is counted belongs to its state.</param>
    /// <param name="totals">Is filled anew.</param>
    public void Read(VersionModel version, VersionTotals totals)
    {
        totals.Clear();
        foreach (var worker in _workers) worker.FindTally(version)?.AddTo(totals);
    }

    /// <summary>Connections to a version's endpoints, over all loops: in use, and kept for the next request.</summary>
    public (int Active, int Idle) UpstreamConnectionsOf(VersionModel version)
    {
        var (active, idle) = (0, 0);
        foreach (var worker in _workers)
        {
            active += worker.FindTally(version)?.ActiveUpstreams ?? 0;
            foreach (var endpoint in version.Endpoints) idle += worker.CountIdle(endpoint);
        }

        return (active, idle);
    }

    /// <summary>Clients' connections that a listener has open, over all loops; 0 for one that a reload has ended.</summary>
    public int ConnectionsOf(ListenerModel listener)
    {
        lock (_control) return _listeners.TryGetValue(listener.State.Id, out var open) ? open.Limit.Open : 0;
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
        lock (_control)
        {
            if (_stopped) return;
            _stopped = true;
            Mirrors.BeginStop();
            foreach (var worker in _workers)
            {
                worker.Loop.Stop();
                worker.Loop.Dispose();
            }

            Mirrors.Dispose();
        }
    }

    internal void ReportBug(Exception e) => LastBug = e;

    /// <summary>Where requests wait for a connection to an endpoint of a version that has a bound for them, or had one.</summary>
    internal PlaceQueue QueueOf(VersionModel version) => Volatile.Read(ref _queues)[version.State.Id]!;

    /// <summary>What is under way of a service, over all loops.</summary>
    internal (long Active, long Retrying) LoadOf(ServiceModel service)
    {
        var (active, retrying) = (0L, 0L);
        foreach (var worker in _workers)
        {
            var loads = worker.Loads;
            if (service.State.Id >= loads.Length) continue;
            active += loads[service.State.Id].Active;
            retrying += loads[service.State.Id].Retrying;
        }

        return (active, retrying);
    }

    // Before the snapshot that needs them; they stay while the process lives, as the states do.
    private void MakeQueues(Snapshot snapshot)
    {
        var queues = new List<PlaceQueue?>(_queues);
        foreach (var service in snapshot.Services)
        {
            foreach (var version in service.Versions)
            {
                while (queues.Count <= version.State.Id) queues.Add(null);
                if (version.HasConnectionsMax) queues[version.State.Id] ??= new PlaceQueue(_workers);
            }
        }

        Volatile.Write(ref _queues, [.. queues]);
    }

    private void Open(OpenListener open)
    {
        _listeners.Add(open.Id, open);
        foreach (var worker in _workers)
        {
            var listener = worker.Loop.Listen(open.Model.BindTo, open.Limit, connection =>
            {
                if (open.Model.Protocol == ListenerProtocol.Http) _ = new Session(worker, connection, open.Model).RunAsync();
                else _ = new TcpSession(worker, connection, open.Model).RunAsync();
            });
            open.PerLoop.Add((worker, listener));
        }

        var all = open.PerLoop.ConvertAll(static each => each.Listener);
        foreach (var listener in all) listener.Siblings = [.. all.FindAll(other => other != listener)];
    }

    private bool Holds(IPEndPoint address)
    {
        foreach (var open in _listeners.Values)
        {
            if (open.Model.BindTo.Equals(address)) return true;
        }

        return false;
    }

    private void Close(OpenListener open)
    {
        _listeners.Remove(open.Id);
        foreach (var (worker, listener) in open.PerLoop) worker.Loop.Post(listener.Drain);
    }

    /// <summary>Returns when every loop has done what was posted before.</summary>
    private void AwaitLoops() => OnEachLoop(static () => 0);

    private int Sum(Func<Worker, int> count)
    {
        var sum = 0;
        foreach (var worker in _workers) sum += count(worker);
        return sum;
    }

    /// <summary>The addresses of listeners that are still to be opened.</summary>
    private sealed class ReservedAddresses : IDisposable
    {
        private readonly DataPlane _plane;
        private readonly List<IDisposable> _addresses = [];

        public ReservedAddresses(DataPlane plane, Snapshot snapshot)
        {
            _plane = plane;
            if (plane._stopped || plane._draining) return;
            var wanted = new List<IPEndPoint>();
            foreach (var listener in snapshot.Listeners)
            {
                // An address that we hold ourselves, because its protocol changes, is shared until the old listener is gone.
                if (!plane._listeners.ContainsKey(listener.State.Id) && !plane.Holds(listener.BindTo)) wanted.Add(listener.BindTo);
            }

            // Asked first, of all: to an address of a single interface, one of all interfaces that is reserved looks like another program's.
            foreach (var address in wanted) plane._transport.Probe(address);
            try
            {
                foreach (var address in wanted) _addresses.Add(plane._transport.Reserve(address, plane.Loops));
            }
            catch (TransportException)
            {
                Dispose();
                throw;
            }
        }

        public void Dispose()
        {
            lock (_plane._control)
            {
                if (_plane._reserved == this) _plane._reserved = null;
                foreach (var address in _addresses) address.Dispose();
            }
        }
    }

    /// <summary>A listener with its sockets, one a loop.</summary>
    private sealed class OpenListener(ListenerModel model)
    {
        public int Id => Model.State.Id;

        /// <summary>As it was when it was opened; what a reload changes is in the snapshot.</summary>
        public ListenerModel Model { get; } = model;

        public ConnectionLimit Limit { get; } = new();

        public List<(Worker Worker, Listener Listener)> PerLoop { get; } = [];
    }
}
