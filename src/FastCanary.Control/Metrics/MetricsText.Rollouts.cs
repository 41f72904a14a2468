using FastCanary.Traffic;

namespace FastCanary.Control;

/// <content>What is released and what is tried.</content>
internal sealed partial class MetricsText
{
    private static void WriteRollouts(MetricsWriter to, MetricsInput input, MetricsLabels labels)
    {
        var count = Math.Min(labels.Services.Length, input.Services.Count);
        to.Family("fastcanary_rollout_phase"u8, "gauge"u8, "1 for the phase that the rollout is in, 0 for the others."u8);
        for (var i = 0; i < count; i++)
        {
            if (input.Services[i].Phase is not { } phase) continue;
            for (var each = 0; each < Phases.Count; each++)
                to.Sample("fastcanary_rollout_phase"u8, default, labels.Services[i], "phase"u8, MetricsNames.Phases[each], Phases[each] == phase ? 1 : 0);
        }

        to.Family("fastcanary_rollout_step"u8, "gauge"u8, "The step of the plan that the rollout is at, from 1; 0 before the first."u8);
        for (var i = 0; i < count; i++)
        {
            if (input.Services[i].Phase is not null) to.Sample("fastcanary_rollout_step"u8, labels.Services[i], input.Services[i].Step);
        }

        to.Family("fastcanary_evidence_log10"u8, "gauge"u8, "The decimal logarithm of the guard's evidence against the canary."u8);
        for (var i = 0; i < count; i++)
        {
            var evidence = input.Services[i].Evidence;
            for (var each = 0; each < evidence.Count; each++)
                to.Sample("fastcanary_evidence_log10"u8, default, labels.Services[i], default, labels.Guard(evidence[each].Guard), evidence[each].Log10);
        }

        to.Family("fastcanary_decisions_total"u8, "counter"u8, "Decisions about the service's split and rollout, by their kind."u8);
        for (var i = 0; i < count; i++)
        {
            var decisions = input.Services[i].Decisions;
            for (var each = 0; each < decisions.Count; each++)
                to.Sample("fastcanary_decisions_total"u8, default, labels.Services[i], default, labels.Decision(decisions[each].Kind), decisions[each].Count);
        }
    }

    private static void WriteMirrors(MetricsWriter to, MetricsLabels labels)
    {
        to.Family("fastcanary_mirrored_total"u8, "counter"u8, "Requests that were also sent to the version, and that nobody waited for."u8);
        foreach (var version in labels.Versions)
        {
            if (IsMirrored(version)) to.Sample("fastcanary_mirrored_total"u8, version.Labels, version.Version.State.Mirror[MirrorCount.Mirrored]);
        }

        to.Family("fastcanary_mirror_results_total"u8, "counter"u8, "What became of requests that were chosen to be mirrored to the version."u8);
        foreach (var version in labels.Versions)
        {
            if (!IsMirrored(version)) continue;
            for (var i = 1; i < MetricsNames.Mirrors.Length; i++)
                to.Sample("fastcanary_mirror_results_total"u8, default, version.Labels, "result"u8, MetricsNames.Mirrors[i], version.Version.State.Mirror[(MirrorCount)i]);
        }
    }

    // A version that is no longer mirrored to keeps what it has counted: a series does not vanish.
    private static bool IsMirrored(VersionLabels version)
    {
        if (version.Service.Mirror is { } mirror && mirror.VersionIndex == version.Version.Index) return true;
        var counters = version.Version.State.Mirror;
        for (var i = 0; i < MetricsNames.Mirrors.Length; i++)
        {
            if (counters[(MirrorCount)i] > 0) return true;
        }

        return false;
    }
}
