using System.Net;
using FastCanary.Proxy;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Simulation.Tests;

/// <summary>
/// One seed: a data plane with one loop in a simulated network, clients and origins. The laws are checked where bytes pass and after every step.
/// </summary>
internal sealed class Run : IDisposable
{
    public const string Host = "s.example";

    public const int HeadTimeoutMs = 2000;

    private const int BodyTimeoutMs = 2000;
    private const int IdleTimeoutMs = 3000;

    // The longest way: head, body, each of five tries' place, connecting and waiting twice, the answer, the idle time, the lingering end, each at its limit, and as much again.
    private const long PatienceUs = 2000L
        * (HeadTimeoutMs + BodyTimeoutMs + (5 * (Services.QueueTimeoutMaxMs + (2 * (Services.ConnectTimeoutMs + Services.ResponseTimeoutMs)))) + BodyTimeoutMs + IdleTimeoutMs + 5000);

    private const long StepsMax = 3_000_000;

    private readonly Dictionary<int, RequestPlan> _plans = [];
    private readonly List<ClientScript> _clients = [];
    private readonly List<OriginConnection> _origins = [];
    private readonly DataPlane _plane;
    private readonly SimulatedLoop _loop;
    private readonly Planner _planner;
    private string? _broken;
    private int _clientsLeft;
    private int _connectionsMost;
    private long _nextWatchUs;

    public Run(int seed)
    {
        var random = new Prng((ulong)seed);
        Profile = RunProfile.Of(seed, random);
        Script = new Prng(random.Next());
        Network = new SimulatedNetwork(random.Next(), Profile.Network);
        _planner = new Planner(Profile, Script);
        _plane = new DataPlane(1, new SimulatedBackend(Network), _ => new Randomness(seed));
        _loop = Network.Loops[0];
        Services = new Services(Profile, Script);
        Laws = new Laws(this, Services, _plane, _loop, _planner);
    }

    /// <summary>Where clients connect to.</summary>
    public IPEndPoint Address { get; } = new(new IPAddress([10, 0, 0, 1]), 80);

    /// <summary>Another one, that reloads may take away.</summary>
    public IPEndPoint SecondAddress { get; } = new(new IPAddress([10, 0, 0, 1]), 81);

    public SimulatedNetwork Network { get; }

    public RunProfile Profile { get; }

    /// <summary>What peers decide by; apart from what the network decides by.</summary>
    public Prng Script { get; }

    public Services Services { get; }

    public Laws Laws { get; }

    public Coverage Coverage { get; } = new();

    public RequestPlan? Find(int token) => _plans.GetValueOrDefault(token);

    /// <summary>A law is broken: the first one counts.</summary>
    public void Break(string what)
    {
        if (_broken is not null) return;
        _broken = what;
        Network.Trace.Add(Network.NowUs, what, 0);
    }

    /// <summary>A request to lie behind a malformed one.</summary>
    public RequestPlan Smuggled()
    {
        var plan = new RequestPlan { Token = _plans.Count + 1, Method = "GET", IsSmuggled = true };
        _plans.Add(plan.Token, plan);
        return plan;
    }

    /// <summary>Whether the proxy has had the time to see that an idle connection has ended or says something.</summary>
    public bool IsLongKnown(SimulatedSocket socket) => socket.HasUnread && Network.NowUs - socket.UnreadSinceUs > 100_000;

    /// <exception cref="LawBrokenException">It is in the message which.</exception>
    public void Execute()
    {
        Begin();
        while (_clientsLeft > 0 || _clients.Exists(static client => !client.IsDone)) Step("clients wait for something that never happens");
        Settle(() => _plane.Sessions == 0, "a session outlives its client");
        Laws.AtEnd();
        Settle(() => _plane.BlocksRented == 0, "a block is held by a connection that nobody uses");
        Settle(() => _plane.PipesRented == 0, "a pipe is held by a connection that nobody uses");
        foreach (var origin in _origins) origin.Leave();
        Settle(() => _plane.Connections == 0, "a connection outlives its peer");
        Laws.AtRest(_plans.Values);
        Count();
    }

    public void Dispose() => _plane.Dispose();

    private void Begin()
    {
        for (var version = 0; version < Services.Addresses.Length; version++)
        {
            var served = version;
            for (var i = 0; i < Services.Addresses[version].Length; i++)
            {
                if (Profile.HasDeadEndpoint && version == 1 && i == 1) continue;
                var address = Services.Addresses[version][i];
                Network.Serve(address, peer => _origins.Add(new OriginConnection(this, peer, served, address)));
            }
        }

        Apply();
        if (Profile.Reloads || Profile.ListenersComeAndGo)
        {
            for (var i = Script.Between(1, 6); i > 0; i--) Network.After(Script.Skewed(2_000_000), Reload);
        }

        var requests = Profile.Requests;
        _clientsLeft = Profile.Clients;
        for (var i = 0; i < Profile.Clients; i++)
        {
            var share = Math.Max(1, requests / Profile.Clients);
            Network.After(Script.Skewed(300_000), () =>
            {
                _clientsLeft--;
                BeginClient(share);
            });
        }
    }

    private void BeginClient(int requests)
    {
        var count = Math.Min(requests, Script.Skewed(16));
        var plans = new List<RequestPlan>();
        for (var i = 1; i <= count; i++)
        {
            var plan = _planner.Request(_plans.Count + 1, isLast: i == count);
            _plans.Add(plan.Token, plan);
            plans.Add(plan);
        }

        Coverage.Count("request", plans.Count);
        _clients.Add(new ClientScript(this, plans, _planner.Manners()));
        if (requests <= count) return;
        // The same client once more, on a new connection.
        _clientsLeft++;
        Network.After(Script.Skewed(200_000), () =>
        {
            _clientsLeft--;
            BeginClient(requests - count);
        });
    }

    private void Reload()
    {
        Coverage.Count("reload");
        Network.Trace.Add(Network.NowUs, "reload", 0);
        try
        {
            Apply();
        }
        catch (TransportException)
        {
            // The address that it brings back is still being drained.
            Coverage.Count("reload refused");
        }
    }

    private void Apply()
    {
        var service = Services.Draw();
        var listeners = new List<ListenerModel> { ListenerAt(Address, service) };
        if (Profile.ListenersComeAndGo && Script.Chance(600)) listeners.Add(ListenerAt(SecondAddress, service));
        _plane.Apply(new Snapshot { Listeners = [.. listeners], Services = [service], Endpoints = [.. service.Versions.SelectMany(static version => version.Endpoints)] });
        Services.Put(service, Network.NowUs);
    }

    private void Step(string stuck)
    {
        if (!Network.Step()) Break($"law 5: {stuck}: {string.Join("; ", _clients.Where(static client => !client.IsDone))}");
        if (_plane.LastBug is { } bug) Break($"bug: {bug}");
        CheckBounds();
        if (_broken is not null) throw new LawBrokenException(_broken);
    }

    private void CheckBounds()
    {
        var connections = _loop.ConnectionCount;
        _connectionsMost = Math.Max(_connectionsMost, connections);
        if (_loop.BlocksRented > 2 * connections) Break($"law 5: {_loop.BlocksRented} blocks for {connections} connections");
        if (_loop.PipesRented > connections) Break($"law 5: {_loop.PipesRented} pipes for {connections} connections");
        var blockBytesMax = Profile.Network.BlockBytesMax;
        // Beyond the pool's bound: a block of output per connection, as large as a head can be with what is added to it.
        if (blockBytesMax > 0 && _loop.BlockBytesAllocated > blockBytesMax + (_connectionsMost * (64L << 10)))
            Break($"law 5: {_loop.BlockBytesAllocated} bytes of blocks, bound {blockBytesMax}");
        if (blockBytesMax > 0 && _loop.StarvesForNothing) Break("law 5: a reader waits for a block, and there is one");
        Laws.AfterStep();
        if (Network.NowUs >= _nextWatchUs) Watch();
    }

    private void Watch()
    {
        _nextWatchUs = Network.NowUs + 500_000;
        foreach (var client in _clients)
        {
            if (!client.IsDone && Network.NowUs - client.LastProgressUs > PatienceUs) Break($"law 5: waits for ever: {client}");
        }

        if (Network.Trace.Count > StepsMax) Break("law 5: the run does not come to an end");
    }

    private void Settle(Func<bool> condition, string what)
    {
        var untilUs = Network.NowUs + PatienceUs;
        while (!condition() && Network.NowUs < untilUs)
        {
            if (!Network.Step()) break;
            CheckBounds();
        }

        if (_plane.LastBug is { } bug) Break($"bug: {bug}");
        if (!condition()) Break($"law 5: {what}: {_plane.Sessions} sessions, {_plane.Connections} connections, {_plane.BlocksRented} blocks, {_plane.PipesRented} pipes");
        if (_broken is not null) throw new LawBrokenException(_broken);
    }

    private void Count()
    {
        foreach (var outcome in Enum.GetValues<ExchangeOutcome>()) Coverage.Count($"outcome {outcome}", _plane.Count(outcome));
        Coverage.Count("reader waited for a block", _loop.BlocksDryCount);
        Coverage.Count("pipe filled", _loop.PipesFilled);
        Coverage.Count("virtual milliseconds", Network.NowUs / 1000);
        Coverage.Count("event", Network.Trace.Count);
    }

    private ListenerModel ListenerAt(IPEndPoint address, ServiceModel service) =>
        new()
        {
            State = Services.States.Listener(address.ToString(), ListenerProtocol.Http),
            Address = address.ToString(),
            BindTo = address,
            Protocol = ListenerProtocol.Http,
            RequestHeadTimeoutMs = HeadTimeoutMs,
            RequestBodyTimeoutMs = BodyTimeoutMs,
            IdleTimeoutMs = IdleTimeoutMs,
            RequestHeadBytesMax = 8 << 10,
            RequestLineBytesMax = 4 << 10,
            FieldsMax = 50,
            ConnectionsMax = 0,
            TrustedProxies = NetworkSet.Empty,
            Routes = RouteTable.To(service),
            TcpService = null,
        };
}
