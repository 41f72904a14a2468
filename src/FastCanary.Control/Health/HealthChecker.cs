using FastCanary.Traffic;
using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>
/// Checks endpoints, each at its own pace, and tells when one goes down or comes up. What is known of an endpoint stays while it is configured, whatever else a reload changes.
/// </summary>
/// <remarks>
/// <para>
/// An endpoint counts as up until it is checked, as in nginx, so that a start or a reload takes nothing out of service. Its first check decides alone, as in HAProxy (where the first
/// failure takes a server down) and Envoy (where the first success brings a host up): before it nothing is known that a single result could be weighed against, and waiting for
/// <see cref="HealthModel.Fall"/> checks would send requests to an endpoint that has never been seen to work. From the second on <see cref="HealthModel.Rise"/> and
/// <see cref="HealthModel.Fall"/> count.
/// </para>
/// <para>
/// Where the way of checking changes, the verdict stays and the counts begin anew: a mistake in the new way takes nothing down before <see cref="HealthModel.Fall"/> checks.
/// An endpoint that is not to be checked any more counts as up.
/// </para>
/// <para>
/// A task per endpoint; a bounded number of checks at a time, in the order in which they became due. A check that is slow holds its place for its time-out at the most, which begins when
/// it gets its place. For any thread.
/// </para>
/// </remarks>
internal sealed class HealthChecker : IDisposable
{
    /// <summary>How many checks run at a time unless said otherwise.</summary>
    public const int ConcurrentChecksMax = 64;

    private readonly Action<EndpointModel, bool> _tell;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly Func<double> _random;
    private readonly SemaphoreSlim _places;
    private readonly Dictionary<EndpointState, EndpointCheck> _checks = [];
    private readonly Lock _gate = new();
    private bool _disposed;

    /// <param name="tell">
    /// Told of an endpoint and whether it is down now, each time that this changes, one call at a time. It must neither block, nor throw, nor call this object.
    /// </param>
    /// <param name="log">Told of the same changes.</param>
    /// <param name="clock">Says when checks are due, and when they have taken too long.</param>
    /// <param name="concurrentChecksMax">How many checks run at a time.</param>
    /// <param name="random">Draws jitter, from 0 to below 1; for any thread. Null: a draw of the system's.</param>
    public HealthChecker(Action<EndpointModel, bool> tell, ILogger log, TimeProvider clock, int concurrentChecksMax = ConcurrentChecksMax, Func<double>? random = null)
    {
        _tell = tell;
        _log = log;
        _clock = clock;
        _random = random ?? Random.Shared.NextDouble;
        _places = new SemaphoreSlim(concurrentChecksMax);
    }

    /// <summary>Checks these endpoints from now on, and no others. Checks that begin now are spread evenly over their interval.</summary>
    /// <param name="targets">No two of them with the same state.</param>
    public void Apply(IReadOnlyList<HealthTarget> targets)
    {
        lock (_gate)
        {
            if (_disposed) return;
            HashSet<EndpointState> wanted = [.. targets.Select(static target => target.Endpoint.State)];
            foreach (EndpointState gone in _checks.Keys.Where(state => !wanted.Contains(state)).ToList()) Forget(gone);
            List<EndpointCheck> begun = [];
            foreach (HealthTarget target in targets)
            {
                EndpointState state = target.Endpoint.State;
                if (!_checks.TryGetValue(state, out EndpointCheck? check)) _checks.Add(state, check = new EndpointCheck(target.Endpoint));
                check.Endpoint = target.Endpoint;
                if (target.Health == check.Health) continue;
                check.Health = target.Health;
                check.Found = check.Found with { ConsecutiveSuccesses = 0, ConsecutiveFailures = 0 };
                begun.Add(check);
            }

            for (int i = 0; i < begun.Count; i++) Begin(begun[i], begun[i].Health!.Interval * i / begun.Count);
        }
    }

    /// <summary>What is known of an endpoint; null where it is not checked.</summary>
    public EndpointHealth? HealthOf(EndpointState endpoint)
    {
        lock (_gate) return _checks.GetValueOrDefault(endpoint)?.Found;
    }

    /// <summary>Ends all checks; nothing is told once it returns. What was down stays so.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (EndpointCheck check in _checks.Values) check.Loop?.Cancel();
            _checks.Clear();
        }
    }

    private void Forget(EndpointState state)
    {
        _checks.Remove(state, out EndpointCheck? check);
        check!.Loop!.Cancel();
        check.Loop = null;
        // Nobody would bring it up again.
        if (!check.Found.Up) _tell(check.Endpoint, false);
    }

    private void Begin(EndpointCheck check, TimeSpan after)
    {
        check.Loop?.Cancel();
        var loop = new CancellationTokenSource();
        check.Loop = loop;
        HealthModel health = check.Health!;
        _ = Task.Run(() => RunAsync(check, health, after, loop));
    }

    // The source is not disposed: it has no timer and no handle, and this waits on it while others cancel it.
    private async Task RunAsync(EndpointCheck check, HealthModel health, TimeSpan wait, CancellationTokenSource loop)
    {
        CancellationToken stop = loop.Token;
        try
        {
            while (true)
            {
                if (wait > TimeSpan.Zero) await Task.Delay(wait, _clock, stop);
                long began = _clock.GetTimestamp();
                await _places.WaitAsync(stop);
                HealthResult result;
                try
                {
                    result = await HealthProbe.CheckAsync(EndpointOf(check), health, _clock, stop);
                }
                finally
                {
                    _places.Release();
                }

                Settle(check, result, loop);
                double jitter = health.JitterBasisPoints / 10_000.0 * ((2 * _random()) - 1);
                wait = (health.Interval * (1 + jitter)) - _clock.GetElapsedTime(began);
            }
        }
        catch (OperationCanceledException)
        {
            // It is not to be checked any more, or otherwise.
        }
    }

    private EndpointModel EndpointOf(EndpointCheck check)
    {
        lock (_gate) return check.Endpoint;
    }

    private void Settle(EndpointCheck check, HealthResult result, CancellationTokenSource loop)
    {
        lock (_gate)
        {
            if (check.Loop != loop || _disposed || !check.Settle(result, _clock.GetUtcNow())) return;
            EndpointHealth found = check.Found;
            string key = check.Endpoint.State.Key;
            _tell(check.Endpoint, !found.Up);
            if (found.Up) OutboundLog.EndpointUp(_log, key, result.Text, found.ConsecutiveSuccesses);
            else OutboundLog.EndpointDown(_log, key, result.Text, found.ConsecutiveFailures);
        }
    }
}
