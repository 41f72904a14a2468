using System.Buffers;
using FastCanary.Traffic;
using Verb = FastCanary.Release.RolloutVerb;

namespace FastCanary.Control;

/// <content>What the admin API reads and changes.</content>
public sealed partial class ControlPlane : IAdminTarget
{
    private static readonly string ProgramVersion = typeof(ControlPlane).Assembly.GetName().Version!.ToString(3);

    Readiness IAdminTarget.Readiness => _isDraining ? Readiness.Draining : Readiness.Ready;

    StatusReport IAdminTarget.Status() => new(
        ProgramVersion,
        _data.Transport,
        _data.Loops,
        _clock.GetElapsedTime(_startedAt).TotalSeconds,
        new ConfigurationReport(_path, _reloader.Successes, _reloader.Failures),
        _engine.Reports());

    ServiceReport? IAdminTarget.Service(string name) => _engine.Report(name);

    ChangeResult IAdminTarget.SetWeights(string service, IReadOnlyDictionary<string, int> weights, string actor) => _engine.SetWeights(service, weights, actor);

    ChangeResult IAdminTarget.SetCanaryShare(string service, int basisPoints, string actor) => _engine.SetCanaryShare(service, basisPoints, actor);

    ChangeResult IAdminTarget.Command(string service, RolloutVerb verb, bool full, string actor) => _engine.Command(
        service,
        verb switch
        {
            RolloutVerb.Start => Verb.Start,
            RolloutVerb.Pause => Verb.Pause,
            RolloutVerb.Resume => Verb.Resume,
            RolloutVerb.Promote => full ? Verb.PromoteFull : Verb.Promote,
            RolloutVerb.Abort => Verb.Abort,
            RolloutVerb.Retry => Verb.Retry,
            _ => Verb.Undo,
        },
        actor);

    IReadOnlyList<ReadOnlyMemory<byte>>? IAdminTarget.Journal(string service, int limit) => _engine.Journal(service, limit);

    ReloadReport IAdminTarget.Reload(string actor)
    {
        ReloadResult result = Reload(actor);
        return new ReloadReport(result.Applied, result.Snapshot?.Services.Length ?? 0, [.. result.Warnings.Select(warning => warning.ToString()!)], [.. result.Errors.Select(error => error.ToString()!)]);
    }

    void IAdminTarget.WriteMetrics(IBufferWriter<byte> output)
    {
        IReadOnlyList<ServiceMetrics> services = _engine.Metrics(out Snapshot live);
        _metrics.Write(output, new MetricsInput
        {
            Version = ProgramVersion,
            Transport = _data.Transport,
            Snapshot = live,
            Traffic = new DataPlaneCounters(_data),
            Services = services,
            ReloadsSucceeded = _reloader.Successes,
            ReloadsFailed = _reloader.Failures,
            AccessLogDropped = _data.AccessLog.Dropped,
        });
    }
}
