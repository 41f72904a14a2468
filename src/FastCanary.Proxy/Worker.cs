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

    private readonly byte[] _date = new byte[HttpDate.Bytes];
    private IdleConnections?[] _pools = new IdleConnections?[8];
    private EndpointFailures[] _failures = new EndpointFailures[8];
    private Exchange? _freeExchange;
    private long _dateSeconds = -1;

    public EventLoop Loop => loop;

    /// <summary>The live configuration; a request reads it once.</summary>
    public PublishedSnapshot Snapshot => plane.Snapshot;

    /// <summary>Exchanges that ended, by <see cref="ExchangeOutcome"/>.</summary>
    public long[] Outcomes { get; } = new long[(int)ExchangeOutcome.InternalError + 1];

    /// <summary>Sessions that are open.</summary>
    public int Sessions { get; set; }

    /// <summary>Failures by endpoint id. Other threads read it while this loop writes; a torn picture corrects itself at the next look.</summary>
    public EndpointFailures[] Failures => Volatile.Read(ref _failures);

    /// <summary>The current IMF-fixdate.</summary>
    public ReadOnlySpan<byte> Date
    {
        get
        {
            var seconds = loop.UnixSeconds;
            if (seconds != _dateSeconds)
            {
                _dateSeconds = seconds;
                HttpDate.Write(seconds, _date);
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
        _freeExchange = exchange.NextFree;
        exchange.NextFree = null;
        return exchange;
    }

    public void Return(Exchange exchange)
    {
        exchange.Clear();
        exchange.NextFree = _freeExchange;
        _freeExchange = exchange;
    }

    /// <summary>The pool of idle connections to an endpoint.</summary>
    public IdleConnections PoolOf(EndpointModel endpoint)
    {
        var id = endpoint.State.Id;
        if (id >= _pools.Length) Array.Resize(ref _pools, Math.Max(id + 1, _pools.Length * 2));
        return _pools[id] ??= new IdleConnections(IdleConnectionsMax);
    }

    /// <summary>Closes the idle connections to endpoints that the snapshot no longer has.</summary>
    public void ClosePoolsExcept(ImmutableArray<EndpointModel> endpoints)
    {
        for (var id = 0; id < _pools.Length; id++)
        {
            if (_pools[id] is not { } pool || IsAmong(endpoints, id)) continue;
            pool.CloseAll();
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
