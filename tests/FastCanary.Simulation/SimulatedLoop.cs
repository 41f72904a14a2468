using System.Net;
using FastCanary.Transport;

namespace FastCanary.Simulation;

/// <summary>
/// A loop without a thread: <see cref="SimulatedNetwork.Step"/> runs its passes. Edge-triggered like epoll: a change is noted, and what is reported is the state at the
/// moment of the report.
/// </summary>
internal sealed class SimulatedLoop : EventLoop
{
    private readonly SimulatedNetwork _network;
    private readonly List<(long AtUs, ulong Key, SimulatedConnection Connection)> _noted = [];
    private readonly List<SimulatedConnection> _due = [];
    private readonly List<SimulatedConnection> _open = [];
    private readonly List<SimulatedListener> _listening = [];

    public SimulatedLoop(SimulatedNetwork network, string name, long blockBytesMax)
        : base(name, blockBytesMax, network.NowUs)
    {
        _network = network;
        network.Add(this);
    }

    public override long UnixMs => _network.UnixMs;

    public SimulatedNetwork Network => _network;

    /// <summary>Bytes of all blocks ever made.</summary>
    public long BlockBytesAllocated => Blocks.BytesAllocated;

    /// <summary>Times that bytes went into a pipe.</summary>
    public long PipesFilled { get; internal set; }

    /// <summary>Those that are open now.</summary>
    public IReadOnlyList<SimulatedConnection> Open => _open;

    /// <summary>A reader waits for a block though nobody has one, and nothing is under way that would wake it.</summary>
    public bool StarvesForNothing
    {
        get
        {
            if (BlocksRented > 0 || HasWork) return false;
            foreach (var connection in _open)
                if (connection is { WaitsForBlock: true, IsReadable: true, Input.IsWaiting: true }) return true;
            return false;
        }
    }

    /// <summary>Something is to run before anything new comes.</summary>
    public bool IsBusy => HasWork;

    /// <summary>For how long each wait that is under way has still to go, in milliseconds; below 0: its time was up so long ago.</summary>
    public IEnumerable<long> WaitsLeftMs
    {
        get
        {
            for (var wait = FirstWait; wait is not null; wait = wait.NextWait) yield return wait.AtMs - NowMs;
        }
    }

    private protected override long ClockMicros => _network.NowUs;

    /// <summary>There is no thread to give: a network drives it.</summary>
    public override void Start()
    {
    }

    public override Listener Listen(IPEndPoint address, ConnectionLimit limit, Action<Connection> onAccepted)
    {
        if (_network.IsListening(address)) throw new TransportException($"cannot listen on {address}: the address is in use");
        var listener = new SimulatedListener(this, address, limit, onAccepted);
        listener.Slot = AddSlot(listener);
        _listening.Add(listener);
        _network.Add(listener);
        return listener;
    }

    public override Connection Connect(IPEndPoint address)
    {
        var peer = new PeerAddress(address.Address.GetAddressBytes(), address.Port);
        var isOut = _network.Random.Chance(_network.Options.OutOfDescriptors);
        var connection = new SimulatedConnection(this, isOut ? null : _network.ConnectOut(address), peer, listener: null);
        if (isOut) connection.Fail(ConnectionFailure.OutOfResources);
        else Adopt(connection);
        return connection;
    }

    /// <summary>Connections to the address that somebody uses: begun or established, and not parked.</summary>
    public int CountInUse(IPEndPoint address)
    {
        var count = 0;
        foreach (var connection in _open)
        {
            if (connection is { IsUnattended: false } && address.Equals(connection.Socket.Target)) count++;
        }

        return count;
    }

    /// <summary>When a pass is worth while, in virtual microseconds; <see cref="long.MaxValue"/> where nothing is to come.</summary>
    internal long NextUs()
    {
        if (HasWork) return _network.NowUs;
        var next = long.MaxValue;
        var timeout = Deadlines.NextTimeoutMs(NowMs);
        if (timeout >= 0) next = (NowMs + timeout) * 1000;
        foreach (var (atUs, _, _) in _noted) next = Math.Min(next, atUs);
        foreach (var listener in _listening)
            if (listener.HasArrivals) return _network.NowUs;
        return next;
    }

    internal void Accepted(SimulatedSocket socket, SimulatedListener listener, in PeerAddress peer)
    {
        var connection = new SimulatedConnection(this, socket, peer, listener);
        Adopt(connection);
        // What was there at the registration is an edge too.
        if (socket.Events != ConnectionEvents.None) Note(connection);
        listener.OnAccepted(connection);
    }

    internal void Forget(SimulatedListener listener)
    {
        RemoveSlot(listener.Slot);
        _listening.Remove(listener);
        _network.Remove(listener);
    }

    internal void Forget(SimulatedConnection connection) => _open.Remove(connection);

    private protected override bool Collect(int timeoutMs)
    {
        var random = _network.Random;
        if (random.Chance(_network.Options.Interrupted)) return false;
        var now = _network.NowUs;
        for (var i = 0; i < _noted.Count;)
        {
            var (atUs, key, connection) = _noted[i];
            if (atUs > now)
            {
                i++;
                continue;
            }

            _noted.RemoveAt(i);
            connection.IsNoted = false;
            // The slot is another's by now where the connection was closed since.
            if (Find(key) == connection) _due.Add(connection);
        }

        if (_due.Count > 1) random.Shuffle(_due);
        foreach (var connection in _due) Report(connection, connection.Socket.Events);
        _due.Clear();
        if (_open.Count > 0 && random.Chance(_network.Options.SpuriousEvent))
        {
            var connection = _open[random.Below(_open.Count)];
            // No kernel calls a connection writable that is not established.
            if (connection.Socket.IsConnected) Report(connection, ConnectionEvents.Readable | ConnectionEvents.Writable);
        }

        foreach (var listener in _listening)
            if (listener.HasArrivals) AcceptLater(listener);
        return true;
    }

    private protected override void Wake()
    {
    }

    private protected override KernelPipe? TryCreatePipe()
    {
        var options = _network.Options;
        return options.CanSplice && !_network.Random.Chance(options.PipeRefused) ? new SimulatedPipe(options.PipeBytes) : null;
    }

    private protected override void Dispose(bool disposing) => _network.Remove(this);

    private void Adopt(SimulatedConnection connection)
    {
        Add(connection);
        _open.Add(connection);
        var key = EventKey(connection.Slot);
        connection.Socket.Changed = () => Note(connection, key);
    }

    private void Note(SimulatedConnection connection) => Note(connection, EventKey(connection.Slot));

    private void Note(SimulatedConnection connection, ulong key)
    {
        // Edges that were not reported yet are one.
        if (connection.IsNoted) return;
        connection.IsNoted = true;
        var late = _network.Random.Chance(_network.Options.LateEvent) ? _network.Random.Skewed(2000) : 0;
        _noted.Add((_network.NowUs + late, key, connection));
    }

    private void Report(SimulatedConnection connection, ConnectionEvents events)
    {
        if (events == ConnectionEvents.None) return;
        _network.Trace.Add(_network.NowUs, "event", connection.Socket.Id, (long)events);
        connection.OnEvents(events);
    }
}
