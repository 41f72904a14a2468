using FastCanary.Release;
using FastCanary.Traffic;
using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>What the control plane asks and tells over the network: health checks, sources of figures, notifications. None of it is on a request's or a decision's way.</summary>
internal sealed class Outbound : IDisposable
{
    // What is still to be told when the program ends has this long.
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(2);

    private readonly HealthChecker _health;
    private readonly Notifier _notifier;

    public Outbound(ILogger log, TimeProvider clock)
    {
        Http = new OutboundHttp(clock);
        Sources = new SourcePoller(log, clock);
        _health = new HealthChecker(static (endpoint, isDown) => endpoint.State.SetDown(isDown), log, clock);
        _notifier = new Notifier(log, clock, DrainMax);
    }

    public OutboundHttp Http { get; }

    public SourcePoller Sources { get; }

    /// <summary>Asks and tells what a configuration says from now on.</summary>
    public void Apply(FastCanaryConfig config, Snapshot live, IReadOnlyList<PolledSource> sources)
    {
        Sources.Apply(sources);
        _health.Apply([.. config.Services.Where(service => service.Health is not null).SelectMany(service => Targets(service, live))]);
        _notifier.Apply([.. config.Services.Where(service => service.Rollout is not null).SelectMany(service => service.Rollout!.Notify.Select(notify => NotificationTarget.Of(service.Name, notify)))]);
    }

    /// <summary>Tells of a decision.</summary>
    public void Tell(RolloutPlan plan, DecisionReport decision)
    {
        // That a share begins to be taken back is what people wait to hear; its last part adds nothing.
        string happened = decision.Kind == "aborting" ? nameof(NotificationEvents.Aborted) : decision.Kind;
        if (!Enum.TryParse(happened, ignoreCase: true, out NotificationEvents kind) || (decision.Kind == "aborted" && decision.From.SequenceEqual(decision.To)))
            return;
        _notifier.Send(new Notification
        {
            Event = kind,
            Service = decision.Service,
            Canary = plan.Canary,
            Baseline = plan.Baseline,
            Text = $"{decision.Service}: {decision.Kind}, {string.Join(" ", decision.To.Select(version => $"{version.Version}={version.Weight}"))}: {decision.Reason}",
            DecisionJson = ReleaseStore.Json(decision),
            At = decision.At,
        });
    }

    public void Dispose()
    {
        _health.Dispose();
        Sources.Dispose();
        _notifier.Dispose();
        Http.Dispose();
    }

    private static IEnumerable<HealthTarget> Targets(ServiceConfig service, Snapshot live)
    {
        HealthModel health = HealthModel.Of(service.Health!);
        return live.Service(service.Name).Versions.SelectMany(version => version.Endpoints).Select(endpoint => new HealthTarget(endpoint, health));
    }
}
