using System.Net;
using FastCanary.Transport;

namespace FastCanary.Simulation;

/// <summary>
/// The world outside of the loops: virtual time, connections, and whatever scripts do at their ends. One thread, and nothing but the seed decides: the same
/// seed gives the same run.
/// </summary>
internal sealed class SimulatedNetwork
{
    /// <summary>Seconds since 1970 at the start of every run.</summary>
    private const long UnixSecondsAtStart = 1_750_000_000;

    private readonly PriorityQueue<Action, (long AtUs, long Sequence)> _events = new();
    private readonly List<SimulatedLoop> _loops = [];
    private readonly Dictionary<IPEndPoint, SimulatedListener> _listeners = [];
    private readonly Dictionary<IPEndPoint, Action<SimulatedPeer>> _servers = [];
    private long _sequence;
    private int _lastId;
    private ushort _lastPort;

    public SimulatedNetwork(ulong seed, NetworkOptions options)
    {
        Random = new Prng(seed);
        Options = options;
    }

    public Prng Random { get; }

    public NetworkOptions Options { get; set; }

    public Trace Trace { get; } = new();

    /// <summary>Virtual microseconds since the start, plus some: no clock begins at zero.</summary>
    public long NowUs { get; private set; } = 5_000_000;

    public long UnixMs => (UnixSecondsAtStart * 1000) + (NowUs / 1000);

    public IReadOnlyList<SimulatedLoop> Loops => _loops;

    /// <summary>Runs <paramref name="action"/> at that moment, behind what was asked for the same one before.</summary>
    public void At(long us, Action action) => _events.Enqueue(action, (Math.Max(us, NowUs), _sequence++));

    public void After(long us, Action action) => At(NowUs + us, action);

    /// <summary>How long something is under way, as drawn.</summary>
    public int Delay() => Random.Between(Options.DelayUs.Least, Options.DelayUs.Most);

    /// <summary>Accepts what the loops connect to <paramref name="address"/>; each peer goes to <paramref name="accepted"/>.</summary>
    public void Serve(IPEndPoint address, Action<SimulatedPeer> accepted) => _servers[address] = accepted;

    /// <summary>Connections to the address are refused from here on; those that exist go on.</summary>
    public void StopServing(IPEndPoint address) => _servers.Remove(address);

    /// <summary>Begins a connection to a loop's listener.</summary>
    public SimulatedPeer Connect(IPEndPoint address)
    {
        var (loops, peers) = SimulatedSocket.Pair(this);
        var peer = new SimulatedPeer(this, peers);
        Trace.Add(NowUs, "peer connects", peers.Id, address.Port);
        var synArrivesUs = NowUs + Delay();
        At(synArrivesUs, () =>
        {
            if (!_listeners.TryGetValue(address, out var listener))
            {
                peers.ArriveReset(ConnectionFailure.Refused);
                return;
            }

            if (peers.IsClosed) return;
            loops.IsConnected = true;
            listener.Arrived(loops, new PeerAddress([10, 0, 0, (byte)(1 + (peers.Id % 250))], 1024 + (++_lastPort % 60_000)));
            After(Delay(), () =>
            {
                if (peers.IsClosed || peers.IsDead) return;
                peers.IsConnected = true;
                peers.Changed?.Invoke();
            });
        });
        return peer;
    }

    /// <summary>
    /// One pass of every loop, at the next moment that anything happens; what the network and the scripts do until then happens before.
    /// </summary>
    /// <returns>False where nothing will ever happen again.</returns>
    public bool Step()
    {
        var next = _events.TryPeek(out _, out var first) ? first.AtUs : long.MaxValue;
        foreach (var loop in _loops) next = Math.Min(next, loop.NextUs());
        if (next == long.MaxValue) return false;
        // A pass takes its time, and what happens meanwhile is seen together.
        var passUs = Random.Between(1, 30);
        if (Random.Chance(Options.SlowPass)) passUs += Random.Between(1, 40) * 1000;
        NowUs = Math.Max(NowUs, next) + passUs;
        while (_events.TryPeek(out var action, out first) && first.AtUs <= NowUs)
        {
            _events.Dequeue();
            action();
        }

        foreach (var loop in _loops) loop.RunPass();
        return true;
    }

    internal int NextId() => ++_lastId;

    internal void Add(SimulatedLoop loop) => _loops.Add(loop);

    internal void Remove(SimulatedLoop loop) => _loops.Remove(loop);

    internal bool IsListening(IPEndPoint address) => _listeners.ContainsKey(address) || _servers.ContainsKey(address);

    internal void Add(SimulatedListener listener) => _listeners[listener.BoundTo] = listener;

    internal void Remove(SimulatedListener listener)
    {
        if (_listeners.TryGetValue(listener.BoundTo, out var current) && current == listener) _listeners.Remove(listener.BoundTo);
    }

    /// <summary>A loop begins a connection.</summary>
    internal SimulatedSocket ConnectOut(IPEndPoint address)
    {
        var (loops, peers) = SimulatedSocket.Pair(this, address);
        Trace.Add(NowUs, "proxy connects", loops.Id, address.Port);
        if (Random.Chance(Options.Unanswered)) return loops;
        var refused = Random.Chance(Options.Refused);
        After(Delay(), () =>
        {
            if (loops.IsClosed) return;
            if (refused || !_servers.TryGetValue(address, out var accepted))
            {
                loops.ArriveReset(ConnectionFailure.Refused);
                return;
            }

            peers.IsConnected = true;
            accepted(new SimulatedPeer(this, peers));
            var establishedUs = NowUs + Delay();
            // What the server says at once comes behind its handshake.
            loops.NotBefore(establishedUs);
            At(establishedUs, () =>
            {
                if (loops.IsClosed || loops.IsDead) return;
                loops.IsConnected = true;
                loops.Changed?.Invoke();
            });
        });
        return loops;
    }
}
