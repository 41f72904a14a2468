using System.Collections.Immutable;
using FastCanary.Http;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>What the sessions of one loop share: the loop, its upstream pools, its exchanges, its date. Loop's thread only.</summary>
internal sealed partial class Worker(DataPlane plane, EventLoop loop, int index, Randomness randomness)
{
    private const int AddressBytesMax = 16;

    // Per endpoint and loop. More would be idle capital: beyond this a burst's connections are closed when it ends.
    private const int IdleConnectionsMax = 4096;

    // A Date has whole seconds: one that is this much late still is right for most of them, and costs no system call.
    private const int DateKeptMs = 200;

    private readonly byte[] _date = new byte[HttpDate.Bytes];
    private UpstreamPool?[] _pools = new UpstreamPool?[8];
    private EndpointFailures[] _failures = new EndpointFailures[8];
    private ServiceLoad[] _loads = new ServiceLoad[8];
    private Exchange? _freeExchange;
    private LoopMirrors? _mirrors;
    private long _dateUntilMs;
    private long _unixMsAtZero;

    public EventLoop Loop => loop;

    /// <summary>Its place among the data plane's workers.</summary>
    public int Index => index;

    /// <summary>Where fields that a request or an answer gets are put together; good until the next ones.</summary>
    public FieldBuffer OwnFields { get; } = new();

    /// <summary>For drills.</summary>
    public Random Random => randomness.Random;

    /// <summary>Makes request IDs and affinity keys.</summary>
    public RequestIdGenerator Ids => randomness.Ids;

    /// <summary>The live configuration; a request reads it once.</summary>
    public PublishedSnapshot Snapshot => plane.Snapshot;

    /// <summary>What the loop mirrors.</summary>
    public LoopMirrors Mirrors => _mirrors ??= new LoopMirrors(this, plane.Mirrors);

    /// <summary>Exchanges that ended, by <see cref="ExchangeOutcome"/>.</summary>
    public long[] Outcomes { get; } = new long[(int)ExchangeOutcome.InternalError + 1];

    /// <summary>Exchanges under way whose requests were sent ahead of their turn.</summary>
    public int Ahead { get; set; }

    /// <summary>Sessions that are open, or have still something to give back.</summary>
    public int Sessions { get; set; }

    /// <summary>
    /// Milliseconds. A client that has sent FIN has shut down its sending side, or is gone: from here both look alike. It gets its answer as long as that makes progress at least this often;
    /// after that it counts as gone and takes its upstream exchange with it.
    /// </summary>
    public int HalfClosedGraceMs { get; set; } = 1000;

    /// <summary>Failures by endpoint id. Other threads read it while this loop writes; a torn picture corrects itself at the next look.</summary>
    public EndpointFailures[] Failures => Volatile.Read(ref _failures);

    /// <summary>The current IMF-fixdate.</summary>
    public ReadOnlySpan<byte> Date
    {
        get
        {
            KeepTime();
            return _date;
        }
    }

    /// <summary>Milliseconds since 1970.</summary>
    public long UnixMs
    {
        get
        {
            KeepTime();
            return _unixMsAtZero + loop.NowMs;
        }
    }

    /// <summary>What is under way of each service, by service id. As <see cref="Failures"/>.</summary>
    public ServiceLoad[] Loads => Volatile.Read(ref _loads);

    public void ReportBug(Exception e)
    {
        Outcomes[(int)ExchangeOutcome.InternalError]++;
        plane.ReportBug(e);
    }

    public Exchange RentExchange()
    {
        if (_freeExchange is not { } exchange) return new Exchange();
        _freeExchange = exchange.Next;
        exchange.Next = null;
        return exchange;
    }

    public void Return(Exchange exchange)
    {
        Settle(exchange);
        if (exchange.ResponsePipe is { } responsePipe) loop.Return(responsePipe);
        if (exchange.UploadPipe is { } uploadPipe) loop.Return(uploadPipe);
        exchange.ResponsePipe = exchange.UploadPipe = null;
        exchange.Clear();
        exchange.Next = _freeExchange;
        _freeExchange = exchange;
    }

    /// <summary>Begins to count an exchange as one of its service's.</summary>
    public void Begin(Exchange exchange, ServiceModel service)
    {
        exchange.Service = service;
        LoadOf(service).Active++;
    }

    /// <summary>Counts a request that has ended, writes about it, and gives back what its exchange holds beyond its own: its connection of the endpoint, its places in queue and counts. However it ends, it comes by here.</summary>
    public void Settle(Exchange exchange)
    {
        Count(exchange);
        if (exchange.IsLogged) Log(exchange);
        exchange.ForgetUpstream();
        LeaveQueue(exchange);
        GiveConnection(exchange);
        exchange.Mirror?.Abandon();
        exchange.Mirror = null;
        if (exchange.Service is not { } service) return;
        ref var load = ref LoadOf(service);
        load.Active--;
        if (exchange.CountsAsRetry) load.Retrying--;
        exchange.Service = null;
    }

    /// <summary>Gives an exchange the endpoint whose turn it is.</summary>
    public Placement Place(Exchange exchange)
    {
        var version = exchange.Version!;
        var nowMs = loop.NowMs;
        if (exchange.IsToBeDiverted(nowMs)) version = Divert(exchange);
        if (!version.HasConnectionsMax)
        {
            exchange.Endpoint = version.PickUntriedEndpoint(nowMs, exchange.Tried) ?? version.PickAnyEndpoint();
            return Placement.Done;
        }

        var queue = plane.QueueOf(version);
        // Who comes while others wait stands behind them.
        if (queue.Count == 0 && exchange.TryTakeConnection(nowMs)) return Placement.Done;
        var bounds = exchange.Service!.Queue;
        if (!queue.TryEnter(this, exchange, bounds.CountMax))
        {
            exchange.HasFailed = true;
            return Placement.QueueFull;
        }

        BeginWait(exchange, bounds.TimeoutMs);
        CountersOf(version).Queued++;
        queue.Serve(this);
        return Placement.Queued;
    }

    /// <summary>Lets an exchange wait, for <paramref name="timeoutMs"/> at most.</summary>
    public void BeginWait(Exchange exchange, int timeoutMs)
    {
        exchange.WaitUntilMs = loop.NowMs + timeoutMs;
        (exchange.Wait ??= new LoopWait(loop)).Begin(timeoutMs);
    }

    /// <summary>
    /// A wait was cancelled. A client that has ended only its own side gets its turn all the same, for as long as such a client is believed to be there (<see cref="HalfClosedGraceMs"/>).
    /// </summary>
    /// <returns>False where it is gone.</returns>
    public bool TryWaitOn(Exchange exchange, Connection client)
    {
        if (!client.PeerFinished || client.PeerGone || client.IsClosed || exchange.HalfClosedGrace) return false;
        exchange.HalfClosedGrace = true;
        client.SetDeadline(HalfClosedGraceMs);
        BeginWait(exchange, (int)Math.Max(1, exchange.WaitUntilMs - loop.NowMs));
        return true;
    }

    /// <summary>A wait has ended well: what its client is allowed from here on begins anew.</summary>
    public static void EndWait(Exchange exchange, Connection client)
    {
        if (!exchange.HalfClosedGrace) return;
        exchange.HalfClosedGrace = false;
        client.ClearDeadline();
    }

    public void LeaveQueue(Exchange exchange)
    {
        if (exchange.Ticket != 0) plane.QueueOf(exchange.Version!).Leave(this, exchange);
    }

    /// <summary>An endpoint of a version for what is no user's request: one that is available and has a connection to spare that no user waits for.</summary>
    /// <returns>Null where there is none.</returns>
    public EndpointModel? TryTakeEndpoint(VersionModel version)
    {
        EndpointModel? endpoint = null;
        if (!version.HasConnectionsMax) endpoint = version.PickEndpoint(loop.NowMs);
        else if (plane.QueueOf(version).Count == 0) endpoint = version.TryTakeConnection(loop.NowMs, tried: 0);
        if (endpoint is not null) TallyOf(version).ActiveUpstreams++;
        return endpoint;
    }

    /// <summary>Gives back what <see cref="TryTakeEndpoint"/> took.</summary>
    public void GiveEndpoint(VersionModel version, EndpointModel endpoint)
    {
        TallyOf(version).ActiveUpstreams--;
        if (endpoint.ConnectionsMax == 0) return;
        endpoint.State.GiveConnection();
        plane.QueueOf(version).OnFreed(this);
    }

    public void GiveConnection(Exchange exchange)
    {
        if (!exchange.HoldsConnection) return;
        exchange.HoldsConnection = false;
        exchange.Endpoint!.State.GiveConnection();
        plane.QueueOf(exchange.Version!).OnFreed(this);
    }

    /// <summary>
    /// Makes what has failed the turn of another endpoint: of its version where that may help, else of the baseline. Whether it may be sent again at all is the caller's to know.
    /// </summary>
    /// <returns>False where it stays failed: it was tried often enough, or the budget is used up.</returns>
    public bool TryMoveOn(Exchange exchange, RetryCauses cause)
    {
        var service = exchange.Service!;
        var version = exchange.Version!;
        if (service.Retry is not { } retry || exchange.Rescued) return false;
        var again = exchange.Retries < retry.AttemptsMax && (retry.Causes & cause) != 0 && !version.State.IsBarred;
        if (!again && (!retry.Rescue || version.State == service.Baseline.State)) return false;
        ref var counters = ref CountersOf(version);
        if (!TryCountAsRetry(exchange, service, retry))
        {
            counters.OverBudget++;
            return false;
        }

        GiveConnection(exchange);
        if (again)
        {
            counters.Retries++;
            exchange.Retries++;
            exchange.Tried |= version.TriedBit(exchange.Endpoint!);
            return true;
        }

        counters.Rescued++;
        exchange.Rescued = true;
        exchange.Tried = 0;
        exchange.Version = service.Baseline;
        return true;
    }

    /// <summary>The pool of idle connections to an endpoint. Where a reload has resolved its name to another address, the old ones are closed.</summary>
    public IdleConnections PoolOf(EndpointModel endpoint)
    {
        var id = endpoint.State.Id;
        if (id >= _pools.Length) Grow(ref _pools, id);
        ref var pool = ref _pools[id];
        if (pool is not null && ReferenceEquals(pool.Address, endpoint.Address)) return pool.Idle;
        if (pool is not null && !pool.Address.Equals(endpoint.Address)) pool.Idle.CloseAll();
        pool = new UpstreamPool(endpoint.Address, pool?.Idle ?? new IdleConnections(IdleConnectionsMax));
        return pool.Idle;
    }

    /// <summary>Closes the idle connections to endpoints that the snapshot no longer has.</summary>
    public void ClosePoolsExcept(ImmutableArray<EndpointModel> endpoints)
    {
        for (var id = 0; id < _pools.Length; id++)
        {
            if (_pools[id] is not { } pool || IsAmong(endpoints, id)) continue;
            pool.Idle.CloseAll();
            _pools[id] = null;
        }
    }

    private bool TryCountAsRetry(Exchange exchange, ServiceModel service, RetryModel retry)
    {
        if (exchange.CountsAsRetry) return true;
        var (active, retrying) = plane.LoadOf(service);
        if (retrying >= Math.Max(RetryModel.AlwaysWithinBudget, active * retry.BudgetBasisPoints / 10_000)) return false;
        LoadOf(service).Retrying++;
        exchange.CountsAsRetry = true;
        return true;
    }

    private ref ServiceLoad LoadOf(ServiceModel service)
    {
        var id = service.State.Id;
        if (id >= _loads.Length) Grow(ref _loads, id);
        return ref _loads[id];
    }

    // The baseline serves what another version cannot.
    private VersionModel Divert(Exchange exchange)
    {
        CountersOf(exchange.Version!).Diverted++;
        // A version that was taken out of service is not to blame for what it is not asked any more.
        exchange.HasFailed |= !exchange.Version!.State.IsBarred;
        exchange.Tried = 0;
        return exchange.Version = exchange.Service!.Baseline;
    }

    private void KeepTime()
    {
        if (loop.NowMs < _dateUntilMs) return;
        _dateUntilMs = loop.NowMs + DateKeptMs;
        var unixMs = loop.UnixMs;
        _unixMsAtZero = unixMs - loop.NowMs;
        HttpDate.Write(unixMs / 1000, _date);
    }

    private static void Grow<T>(ref T[] array, int id)
    {
        var larger = new T[Math.Max(id + 1, array.Length * 2)];
        array.CopyTo(larger, 0);
        Volatile.Write(ref array, larger);
    }

    private static bool IsAmong(ImmutableArray<EndpointModel> endpoints, int id)
    {
        foreach (var endpoint in endpoints)
            if (endpoint.State.Id == id) return true;
        return false;
    }
}
