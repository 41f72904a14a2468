using FastCanary.Proxy;
using FastCanary.Traffic;
using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>
/// Tells the log what happened to endpoints and versions since the last look: one line each a second at the most, however many requests it concerns. The data path itself never logs.
/// One thread at a time.
/// </summary>
internal sealed class EndpointWatch(DataPlane data, ILogger log)
{
    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal);

    public void Look(Snapshot snapshot)
    {
        foreach (var endpoint in snapshot.Endpoints)
        {
            var state = endpoint.State;
            var failures = data.FailuresOf(endpoint);
            if (Since("failures", state.Key, failures.Count) is > 0 and var failed)
                ControlLog.EndpointFailed(log, state.Key, failures.LastOutcome, failures.LastFailure, failed);
            if (Since("ejections", state.Key, state.Ejections) > 0) ControlLog.Ejected(log, state.Key, state.EjectedForMs);
        }

        foreach (var service in snapshot.Services)
        {
            foreach (var version in service.Versions)
            {
                var counters = data.CountersOf(version);
                var key = $"{service.Name}/{version.Name}";
                if (Since("diverted", key, counters.Diverted) is > 0 and var diverted)
                    ControlLog.Diverted(log, service.Name, version.Name, diverted, service.Baseline.Name);
                if (Since("over budget", key, counters.OverBudget) is > 0 and var over)
                    ControlLog.OverBudget(log, service.Name, version.Name, over);
                LookAtMirror(service, version, key);
            }
        }
    }

    private void LookAtMirror(ServiceModel service, VersionModel version, string key)
    {
        var mirror = version.State.Mirror;
        var changed = Since("changed", key, mirror[MirrorCount.StatusChanged] + mirror[MirrorCount.HeaderChanged] + mirror[MirrorCount.BodyChanged]);
        var noise = Since("noise", key, mirror[MirrorCount.StatusNoise] + mirror[MirrorCount.HeaderNoise] + mirror[MirrorCount.BodyNoise]);
        var unconfirmed = Since("unconfirmed", key, mirror[MirrorCount.StatusUnconfirmed] + mirror[MirrorCount.HeaderUnconfirmed] + mirror[MirrorCount.BodyUnconfirmed]);
        if (changed + unconfirmed == 0 || mirror.Differences is not [var last, ..]) return;
        ControlLog.MirrorDiffers(log, service.Name, version.Name, changed, noise, unconfirmed, last.Method, last.Path, last.Kind, last.Where, last.UserStatus, last.MirroredStatus);
    }

    private long Since(string what, string whose, long count)
    {
        var key = $"{what} {whose}";
        var before = _seen.GetValueOrDefault(key);
        if (count != before) _seen[key] = count;
        return count - before;
    }
}
