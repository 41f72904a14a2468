using System.Collections.Immutable;
using FastCanary.Http;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>What the sessions of one loop share: the loop, its upstream pools, its exchanges, its date. Loop's thread only.</summary>
internal sealed class Worker(DataPlane plane, EventLoop loop)
{
    // Per endpoint and loop. More would be idle capital: beyond this a burst's connections are closed when it ends.
    private const int IdleConnectionsMax = 4096;

    // A Date has whole seconds: one that is this much late still is right for most of them, and costs no system call.
    private const int DateKeptMs = 200;

    private readonly byte[] _date = new byte[HttpDate.Bytes];
    private UpstreamPool?[] _pools = new UpstreamPool?[8];
    private EndpointFailures[] _failures = new EndpointFailures[8];
    private Exchange? _freeExchange;
    private long _dateUntilMs;

    public EventLoop Loop => loop;

    /// <summary>The live configuration; a request reads it once.</summary>
    public PublishedSnapshot Snapshot => plane.Snapshot;

    /// <summary>Exchanges that ended, by <see cref="ExchangeOutcome"/>.</summary>
    public long[] Outcomes { get; } = new long[(int)ExchangeOutcome.InternalError + 1];

    /// <summary>Exchanges under way whose requests were sent ahead of their turn.</summary>
    public int Ahead { get; set; }

    /// <summary>Sessions that are open.</summary>
    public int Sessions { get; set; }

    /// <summary>Failures by endpoint id. Other threads read it while this loop writes; a torn picture corrects itself at the next look.</summary>
    public EndpointFailures[] Failures => Volatile.Read(ref _failures);

    /// <summary>The current IMF-fixdate.</summary>
    public ReadOnlySpan<byte> Date
    {
        get
        {
            if (loop.NowMs >= _dateUntilMs)
            {
                _dateUntilMs = loop.NowMs + DateKeptMs;
                HttpDate.Write(loop.UnixSeconds, _date);
            }

            return _date;
        }
    }

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
        if (exchange.ResponsePipe is { } responsePipe) loop.Return(responsePipe);
        if (exchange.UploadPipe is { } uploadPipe) loop.Return(uploadPipe);
        exchange.ResponsePipe = exchange.UploadPipe = null;
        exchange.Clear();
        exchange.Next = _freeExchange;
        _freeExchange = exchange;
    }

    /// <summary>The pool of idle connections to an endpoint. Where a reload has resolved its name to another address, the old ones are closed.</summary>
    public IdleConnections PoolOf(EndpointModel endpoint)
    {
        var id = endpoint.State.Id;
        if (id >= _pools.Length) Array.Resize(ref _pools, Math.Max(id + 1, _pools.Length * 2));
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

    public void CountFailure(EndpointModel endpoint, ExchangeOutcome outcome, ConnectionFailure failure)
    {
        var id = endpoint.State.Id;
        if (id >= _failures.Length)
        {
            var larger = new EndpointFailures[Math.Max(id + 1, _failures.Length * 2)];
            _failures.CopyTo(larger, 0);
            Volatile.Write(ref _failures, larger);
        }

        ref var entry = ref _failures[id];
        entry.Count++;
        entry.LastOutcome = outcome;
        entry.LastFailure = failure;
    }

    private static bool IsAmong(ImmutableArray<EndpointModel> endpoints, int id)
    {
        foreach (var endpoint in endpoints)
            if (endpoint.State.Id == id) return true;
        return false;
    }
}
