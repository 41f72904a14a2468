using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <content>What the loop counts of each version.</content>
internal sealed partial class Worker
{
    private VersionTally?[] _tallies = new VersionTally?[8];

    /// <summary>What was counted of a version; null where the loop has not met it. Any thread.</summary>
    public VersionTally? FindTally(VersionModel version)
    {
        var tallies = Volatile.Read(ref _tallies);
        return version.State.Id < tallies.Length ? Volatile.Read(ref tallies[version.State.Id]) : null;
    }

    /// <summary>Where the loop counts what becomes of a version.</summary>
    public VersionTally TallyOf(VersionModel version)
    {
        var id = version.State.Id;
        var tallies = _tallies;
        return (uint)id < (uint)tallies.Length && tallies[id] is { } tally ? tally : AddTally(id);
    }

    public ref VersionCounters CountersOf(VersionModel version) => ref TallyOf(version).Counters;

    /// <summary>Idle connections of the loop to an endpoint. Any thread.</summary>
    public int CountIdle(EndpointModel endpoint)
    {
        var pools = Volatile.Read(ref _pools);
        return endpoint.State.Id < pools.Length ? pools[endpoint.State.Id]?.Idle.Count ?? 0 : 0;
    }

    /// <summary>Counts a request for the version whose turn it was, once: when it becomes a tunnel, else when its exchange is settled.</summary>
    public void Count(Exchange exchange)
    {
        if (exchange.IsCounted || exchange is not { Charged: { } charged, Service: { } service }) return;
        exchange.IsCounted = true;
        TallyOf(charged).Count(exchange, service, loop.NowMicros);
    }

    /// <summary>A try failed: it is counted for the endpoint and for the version, and may eject the endpoint.</summary>
    public void CountFailure(Exchange exchange, ExchangeOutcome outcome, ConnectionFailure failure)
    {
        CountFailure(exchange.Endpoint!, outcome, failure);
        CountFailed(exchange, outcome switch
        {
            ExchangeOutcome.ConnectFailed => OutlierFailures.Connect,
            ExchangeOutcome.ConnectTimedOut or ExchangeOutcome.ResponseTimedOut => OutlierFailures.Timeout,
            // A body that stands still ends truncated too.
            _ => exchange.Upstream!.DeadlinePassed ? OutlierFailures.Timeout : OutlierFailures.Reset,
        });
    }

    /// <summary>As <see cref="CountFailure(Exchange, ExchangeOutcome, ConnectionFailure)"/>, for what was answered properly.</summary>
    public void CountFailed(Exchange exchange, OutlierFailures failure)
    {
        exchange.HasFailed = true;
        CountersOf(exchange.Version!).Failures++;
        if (exchange.Service!.Outlier is not { } outlier) return;
        if ((outlier.Counted & failure) != 0) OutlierDetection.OnFailure(outlier, exchange.Version!, exchange.Endpoint!, loop.NowMs);
    }

    private void CountFailure(EndpointModel endpoint, ExchangeOutcome outcome, ConnectionFailure failure)
    {
        var id = endpoint.State.Id;
        if (id >= _failures.Length) Grow(ref _failures, id);
        ref var entry = ref _failures[id];
        entry.Count++;
        entry.LastOutcome = outcome;
        entry.LastFailure = failure;
    }

    private VersionTally AddTally(int id)
    {
        if (id >= _tallies.Length) Grow(ref _tallies, id);
        var tally = new VersionTally();
        Volatile.Write(ref _tallies[id], tally);
        return tally;
    }
}
