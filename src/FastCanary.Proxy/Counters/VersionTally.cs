using FastCanary.Traffic;

namespace FastCanary.Proxy;

/// <summary>
/// What one loop counts of one version, made when the loop first meets it. Plain adds of that loop; the control plane reads them meanwhile (<see cref="DataPlane.Read"/>). What every request
/// touches lies together at the beginning.
/// </summary>
internal sealed class VersionTally
{
    public const int StatusCount = 900;

    public long Requests;
    public long LatencySumMicros;
    public EvidenceCounts Evidence0;
    public EvidenceCounts Evidence1;
    public long Failures;
    public long Business;

    /// <summary>Connections to the version's endpoints that are in use.</summary>
    public int ActiveUpstreams;

    public VersionCounters Counters;

    private readonly long[] _statuses = new long[StatusCount];
    private readonly long[] _latency = new long[LatencyScale.Count];

    /// <summary>Counts a request that has ended, or the tunnel that it has become.</summary>
    /// <param name="exchange">Charged to the version.</param>
    /// <param name="service">The model that it began with.</param>
    /// <param name="nowMicros">The loop's clock.</param>
    public void Count(Exchange exchange, ServiceModel service, long nowMicros)
    {
        var status = exchange.Status;
        var hasFailed = exchange.HasFailed || (exchange.ResponseStarted && service.IsFailure(status));
        if (hasFailed) Failures++;
        if (exchange.HasBusinessError) Business++;
        var latencyMicros = 0L;
        if (status != 0)
        {
            _statuses[status - VersionTotals.StatusMin]++;
            if (exchange.Outcome is not (ExchangeOutcome.ClientGone or ExchangeOutcome.ClientStalled or ExchangeOutcome.InternalError))
            {
                latencyMicros = nowMicros - exchange.StartedMicros;
                LatencySumMicros += latencyMicros;
                _latency[LatencyScale.IndexOf(latencyMicros)]++;
            }
        }

        if (exchange.Rule < 0) CountEvidence(exchange, service, hasFailed, latencyMicros);
        // Last here and first in AddTo: whoever reads the request reads all that was counted of it.
        Volatile.Write(ref Requests, Requests + 1);
    }

    /// <summary>Adds what was counted to <paramref name="totals"/>. Any thread.</summary>
    public void AddTo(VersionTotals totals)
    {
        totals.Requests += Volatile.Read(ref Requests);
        for (var i = 0; i < _statuses.Length; i++) totals.Statuses[i] += _statuses[i];
        for (var i = 0; i < _latency.Length; i++) totals.Latency[i] += _latency[i];
        totals.LatencySumMicros += LatencySumMicros;
        totals.Failures += Failures;
        totals.Business += Business;
        totals.Counters += Counters;
        totals.Evidence0 += Evidence0;
        totals.Evidence1 += Evidence1;
    }

    private void CountEvidence(Exchange exchange, ServiceModel service, bool hasFailed, long latencyMicros)
    {
        var state = service.State;
        // Its share is no longer among the two that are told apart.
        if (state.Epoch - service.Epoch > 1) return;
        ref var evidence = ref ((service.Epoch & 1) == 0 ? ref Evidence0 : ref Evidence1);
        evidence.Requests++;
        if (exchange.HasBusinessError) evidence.Business++;
        if (hasFailed)
        {
            evidence.Failures++;
            if (!exchange.HasUser || state.IsFirstFailure(exchange.UserHash)) evidence.FirstFailures++;
            return;
        }

        var isBaseline = exchange.Charged!.State == service.Baseline.State;
        if (IsSlow(exchange, state, 0, isBaseline, latencyMicros)) evidence.Slow0++;
        if (IsSlow(exchange, state, 1, isBaseline, latencyMicros)) evidence.Slow1++;
        if (IsSlow(exchange, state, 2, isBaseline, latencyMicros)) evidence.Slow2++;
    }

    private static bool IsSlow(Exchange exchange, ServiceState state, int quantile, bool isBaseline, long latencyMicros) =>
        latencyMicros > state.SlowThresholds.Micros(quantile, isBaseline) && (!exchange.HasUser || state.IsFirstSlow(quantile, exchange.UserHash));
}
