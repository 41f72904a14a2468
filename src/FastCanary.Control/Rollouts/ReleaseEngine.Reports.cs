using FastCanary.Proxy;
using FastCanary.Release;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <content>What people are told of services and rollouts.</content>
internal sealed partial class ReleaseEngine
{
    /// <summary>All services, in the order of the configuration.</summary>
    public IReadOnlyList<ServiceReport> Reports()
    {
        lock (_gate)
            return [.. _compiled.Services.Select(service => Report(_services[service.Name]))];
    }

    /// <summary>One service; null where there is none of this name.</summary>
    public ServiceReport? Report(string service)
    {
        lock (_gate)
            return _services.TryGetValue(service, out ServiceRelease? release) ? Report(release) : null;
    }

    /// <summary>What metrics tell of services beyond their counters, in the order of <paramref name="live"/>'s.</summary>
    public IReadOnlyList<ServiceMetrics> Metrics(out Snapshot live)
    {
        lock (_gate)
        {
            live = Live;
            return [.. live.Services.Select(service => Metrics(_services[service.Name]))];
        }
    }

    private static DecisionReport Report(ServiceRelease release, Decision decision, int[] from, int[] to, ServiceModel? successor = null) => new(
        decision.Id,
        decision.At,
        release.Name,
        RecordedDecision.NameOf(decision.Kind),
        decision.Actor,
        release.Named(from),
        successor is null ? release.Named(to) : [.. successor.Versions.Select(version => new VersionWeight(version.Name, to[version.Index]))],
        IsOfRollout(decision) ? decision.Phase.ToString() : null,
        IsOfRollout(decision) ? decision.Step : null,
        decision.Reason,
        [.. decision.Evidence.Select(Report)]);

    private static bool IsOfRollout(Decision decision) => decision.Step != NoRollout;

    private static EvidenceReport Report(GuardReport guard) => new(
        guard.Guard,
        guard.Log10,
        guard.AbortAt,
        guard.Log10 is null ? null : new RoleCounts(guard.BaselineRequests, guard.CanaryRequests),
        guard.Log10 is null ? null : new RoleCounts(guard.BaselineEvents, guard.CanaryEvents),
        guard.Text);

    private static ServiceMetrics Metrics(ServiceRelease release)
    {
        double requests = release.WindowRequests;
        return new ServiceMetrics
        {
            Shares = [.. release.Watches.Select(watch => requests > 0 ? watch.Window.Requests / requests : double.NaN)],
            Phase = release.Rollout?.Phase.ToString(),
            Step = release.Rollout?.Step ?? 0,
            Evidence = release.Rollout is null ? [] : [.. release.Rollout.GuardReports().Where(guard => guard.Log10 is not null).Select(guard => new GuardEvidence(guard.Guard, guard.Log10!.Value))],
            Decisions = [.. release.Decisions.Select(decision => new DecisionCount(decision.Key, decision.Value))],
        };
    }

    private ServiceReport Report(ServiceRelease release)
    {
        long requests = release.WindowRequests;
        double weights = release.Weights.Sum();
        return new ServiceReport(
            release.Name,
            release.Plan?.Baseline ?? release.Live.Baseline.Name,
            [.. release.Live.Versions.Select(version => Report(release, version, requests, weights))],
            release.Rollout is null ? null : RolloutReport(release, release.Rollout),
            release.Recent.ToArray());
    }

    private VersionReport Report(ServiceRelease release, VersionModel version, long windowRequests, double weights)
    {
        VersionWatch watch = release.Watches[version.Index];
        TrafficWindow window = watch.Window;
        return new VersionReport(
            version.Name,
            version.Weight,
            windowRequests > 0 ? window.Requests / (double)windowRequests : null,
            version.Weight / weights,
            watch.Totals.Requests,
            watch.Totals.Failures,
            window.Requests > 0 ? window.Failures / (double)window.Requests : null,
            windowRequests > 0 ? window.Requests / window.Seconds : null,
            window.QuantileSeconds(0.5),
            window.QuantileSeconds(0.9),
            window.QuantileSeconds(0.99),
            version.Endpoints.Count(static endpoint => endpoint.State.IsAvailable(Environment.TickCount64)),
            [.. version.Endpoints.Select(endpoint => new EndpointReport(endpoint.Name, endpoint.Weight, !endpoint.State.IsDown, endpoint.State.IsEjected(Environment.TickCount64), _data.FailuresOf(endpoint).Count))]);
    }

    private static RolloutReport RolloutReport(ServiceRelease release, Rollout rollout)
    {
        RolloutPlan plan = rollout.Plan;
        Release.AdvanceReport? advance = rollout.AdvanceReport();
        return new RolloutReport(
            plan.Canary,
            plan.Baseline,
            rollout.Phase.ToString(),
            rollout.Step,
            rollout.Steps,
            [.. plan.Steps.Select(step => step.IsPause
                ? new PlanStepReport(Weight: null, step.Hold > TimeSpan.Zero ? step.Hold.TotalSeconds : null, Pause: true)
                : new PlanStepReport(Share.Of(step.WeightBasisPoints), step.Hold.TotalSeconds, Pause: false))],
            rollout.PhaseSince,
            rollout.StepSince,
            rollout.Reason,
            [.. rollout.GuardReports().Select(Report)],
            advance is null ? null : new AdvanceReport(advance.IsReady, advance.Log10, advance.AdvanceAt, advance.MissingRequests, advance.Eta?.TotalSeconds, advance.WaitsFor),
            rollout.Hurt,
            rollout.IsWatching ? rollout.Problems() : []);
    }
}
