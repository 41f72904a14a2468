using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>
/// Tells targets what happens to rollouts. <see cref="Send"/> hands a notification to a worker per target and returns: it neither waits nor throws, however the targets are.
/// </summary>
/// <remarks>For any thread.</remarks>
internal sealed class Notifier : IDisposable
{
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly Func<double> _random;
    private readonly TimeSpan _drain;
    private readonly OutboundHttp _http;
    private readonly Lock _gate = new();
    private NotificationWorker[] _workers = [];
    private bool _disposed;

    /// <param name="log">Told of what does not reach its target.</param>
    /// <param name="clock">Measures time-outs and back-off.</param>
    /// <param name="drain">How long <see cref="Dispose"/> waits for what is not delivered yet.</param>
    /// <param name="random">Draws the back-off, from 0 to below 1; for any thread. Null: a draw of the system's.</param>
    public Notifier(ILogger log, TimeProvider clock, TimeSpan drain, Func<double>? random = null)
    {
        _log = log;
        _clock = clock;
        _drain = drain;
        _random = random ?? Random.Shared.NextDouble;
        _http = new OutboundHttp(clock);
    }

    /// <summary>Tells these targets from now on, and no others. What waits for one that stays is kept; what waits for one that is gone is lost.</summary>
    /// <param name="targets">Those of the same service, kind and address are one, told of what any of them is to be told of.</param>
    public void Apply(IReadOnlyList<NotificationTarget> targets)
    {
        lock (_gate)
        {
            if (_disposed) return;
            List<NotificationTarget> wanted = [.. targets.GroupBy(Identity).Select(static same => same.First() with { On = same.Aggregate(NotificationEvents.None, static (all, one) => all | one.On) })];
            List<NotificationWorker> workers = [];
            foreach (NotificationTarget target in wanted)
            {
                NotificationWorker? worker = _workers.FirstOrDefault(worker => Identity(worker.Target) == Identity(target));
                if (worker is null) worker = new NotificationWorker(target, _http, _log, _clock, _random);
                else worker.Target = target;
                workers.Add(worker);
            }

            foreach (NotificationWorker gone in _workers.Except(workers)) gone.Dispose();
            Volatile.Write(ref _workers, [.. workers]);
        }
    }

    /// <summary>Has every target of the service told that wants to know.</summary>
    public void Send(Notification notification)
    {
        foreach (NotificationWorker worker in Volatile.Read(ref _workers))
        {
            NotificationTarget target = worker.Target;
            if (target.Service == notification.Service && target.Wants(notification.Event)) worker.Add(notification);
        }
    }

    /// <summary>What became of each target's notifications.</summary>
    public IReadOnlyList<(NotificationTarget Target, NotificationCounts Counts)> Counts() => [.. Volatile.Read(ref _workers).Select(static worker => (worker.Target, worker.Counts))];

    /// <summary>Takes nothing more in; waits, for the time that it was made with, until what is there has been delivered or given up.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
        }

        NotificationWorker[] workers = Volatile.Read(ref _workers);
        foreach (NotificationWorker worker in workers) worker.Finish();
        Task all = Task.WhenAll(workers.Select(static worker => worker.Done));
        try
        {
            all.WaitAsync(_drain, _clock).GetAwaiter().GetResult();
        }
        catch (TimeoutException)
        {
            foreach (NotificationWorker worker in workers) worker.Dispose();
        }

        _http.Dispose();
    }

    private static (string Service, NotifyTarget Kind, string Address) Identity(NotificationTarget target) => (target.Service, target.Kind, target.Address.AbsoluteUri);
}
