using System.Collections.Immutable;
using System.Text.Json;
using FastCanary.Release;
using FastCanary.Traffic;
using Verb = FastCanary.Release.RolloutVerb;

namespace FastCanary.Control;

/// <content>
/// How a restart finds its way back: the state, and from the journal what came after it. What cannot be trusted is not used: then the baselines get everything, and people are told.
/// </content>
internal sealed partial class ReleaseEngine
{
    private void Restore(DateTimeOffset now)
    {
        if (_store.Recovery.TornBytes > 0)
            RolloutLog.JournalTorn(_log, _store.Recovery.TornBytes);
        string? fault = _store.Load(out SavedState? state, out long journalN);
        if (fault is null && state is not null)
            fault = TryRestore(state, journalN, now);
        if (fault is not null)
        {
            RolloutLog.StateLost(_log, fault);
            foreach (ServiceRelease release in _services.Values)
                FallBack(release, fault, now);
        }

        // So that a journal without a state always means that a state was lost.
        if (fault is null && state is null)
            _store.Save(new SavedState([]));
        foreach (ServiceRelease release in _services.Values)
        {
            if (release.Rollout is { } rollout)
                JournalBegin(release.Name, rollout, now);
        }

        _store.Sync();
    }

    private string? TryRestore(SavedState state, long journalN, DateTimeOffset now)
    {
        List<Restored> restored;
        try
        {
            restored = [.. state.Services.Select(service => new Restored(service))];
            foreach (JournalEntry entry in _store.Read(journalN + 1))
            {
                // A start found the journal damaged, and was ended before it had saved what it made of that.
                if (entry.Kind == JournalLine.BrokenKind)
                    return $"{_store.JournalPath} was damaged behind what the state has: entry {entry.N} tells of it";
                restored.Find(service => service.Saved.Name == entry.Service)?.Take(entry);
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or InvalidOperationException or KeyNotFoundException)
        {
            return unreadable.Message;
        }

        foreach (Restored service in restored)
        {
            if (_services.TryGetValue(service.Saved.Name, out ServiceRelease? release))
                Resume(release, service, now);
        }

        return null;
    }

    private void Resume(ServiceRelease release, Restored restored, DateTimeOffset now)
    {
        ServiceModel model = release.Live;
        int[] weights =
        [
            .. model.Versions.Select(version =>
                restored.Saved.Configured.TryGetValue(version.Name, out int configured) && configured == version.Weight && restored.Weights.TryGetValue(version.Name, out int live) ? live : version.Weight),
        ];
        if (!Array.TrueForAll(weights, weight => weight == 0))
            release.Split(weights);
        if (release.Plan is not { } plan || restored.Rollout is not { } before || before.Plan.Canary != plan.Canary || before.Plan.Baseline != plan.Baseline)
            return;

        var rollout = new Rollout(plan, Fit(before.Export(), plan));
        release.Rollout = rollout;
        // What was decided and did not come to the journal any more is decided again, and put in force now.
        foreach (Decision decision in restored.Undone)
            AppendRestored(release, decision);
        bool isReconfigured = model.Versions.Any(version =>
            (version.Name == plan.Canary || version.Name == plan.Baseline) && restored.Saved.Configured.TryGetValue(version.Name, out int configured) && configured != version.Weight);
        if (!restored.Saved.CanaryEndpoints.IsEmpty && !restored.Saved.CanaryEndpoints.Any(release.CanaryEndpoints.Contains))
            Apply(new RolloutCommand(Verb.ReplaceCanary, Rollout.Restart, now));
        if (isReconfigured)
            Apply(new RolloutCommand(Verb.ConfigureShare, Rollout.Restart, now, SplitWeights.ShareOf(model, plan, WeightsOf(_compiled.Services.First(service => service.Name == release.Name)))));
        if (SplitWeights.ShareOf(model, plan, release.Weights) != rollout.CanaryBasisPoints || rollout.Phase == RolloutPhase.Aborted)
            release.Split(SplitWeights.OfShare(model, plan, rollout.CanaryBasisPoints));
        RolloutLog.Restored(_log, release.Name, rollout.Phase.ToString(), rollout.Step, string.Join(" ", release.Named(release.Weights).Select(version => $"{version.Version}={version.Weight}")));

        void Apply(RolloutCommand command)
        {
            CommandResult result = rollout.Command(command);
            if (result.Refusal is { } refusal)
                RolloutLog.WeightsNotTaken(_log, release.Name, refusal);
            foreach (Decision decision in result.Decisions)
                AppendRestored(release, decision);
        }
    }

    private void AppendRestored(ServiceRelease release, Decision decision)
    {
        DecisionReport report = Report(release, decision with { Id = _store.NextN }, release.Weights, WeightsOf(release, decision, weights: null));
        _store.Append(decision.At, ReplayRecord.Decision, release.Name, ReleaseStore.Json(report));
        release.Remember(report);
    }

    private void FallBack(ServiceRelease release, string fault, DateTimeOffset now)
    {
        if (release.Plan is not { } plan)
            return;
        int[] from = release.Weights;
        release.Rollout = new Rollout(plan, new RolloutState { Phase = RolloutPhase.Aborted, PhaseSince = now, Reason = $"the state was lost: {fault}" });
        release.Split(SplitWeights.OfShare(release.Live, plan, canaryBasisPoints: 0));
        var decision = new Decision
        {
            At = now,
            Kind = DecisionKind.Aborted,
            Actor = Rollout.Restart,
            From = SplitWeights.ShareOf(release.Live, plan, from),
            To = 0,
            Phase = RolloutPhase.Aborted,
            Step = 0,
            Reason = $"the state cannot be trusted ({fault}), so {plan.Baseline} gets everything; retry begins the rollout again",
        };
        DecisionReport report = Report(release, decision with { Id = _store.NextN }, from, release.Weights);
        _store.Append(now, ReplayRecord.Decision, release.Name, ReleaseStore.Json(report));
        release.Remember(report);
    }

    /// <summary>A service as it was when the process ended: what was saved, and what the journal has beyond that.</summary>
    private sealed class Restored(SavedService saved)
    {
        private readonly Queue<Decision> _expected = new();

        public SavedService Saved { get; } = saved;

        public Dictionary<string, int> Weights { get; } = new(saved.Weights, StringComparer.Ordinal);

        public Rollout? Rollout { get; private set; } = saved is { Plan: { } plan, Rollout: { } state } ? new Rollout(plan, state) : null;

        /// <summary>Decisions that follow from what is in the journal, and are not there.</summary>
        public IEnumerable<Decision> Undone => _expected;

        public void Take(JournalEntry entry)
        {
            switch (entry.Kind)
            {
                case ReplayRecord.Begin:
                    RolloutBegin begin = JsonSerializer.Deserialize(entry.Body.Span, ReleaseJson.Default.RolloutBegin)!;
                    Rollout = new Rollout(begin.Plan, begin.State);
                    break;
                case ReplayRecord.Observation when Rollout is not null:
                    Expect(Rollout.Observe(JsonSerializer.Deserialize(entry.Body.Span, ReleaseJson.Default.Observation)!));
                    break;
                case ReplayRecord.Command when Rollout is not null:
                    Expect(Rollout.Command(JsonSerializer.Deserialize(entry.Body.Span, ReleaseJson.Default.RolloutCommand)!).Decisions);
                    break;
                case ReplayRecord.Decision:
                    _expected.TryDequeue(out _);
                    using (JsonDocument decision = JsonDocument.Parse(entry.Body))
                    {
                        foreach (JsonProperty weight in decision.RootElement.GetProperty("to").EnumerateObject())
                            Weights[weight.Name] = weight.Value.GetInt32();
                    }

                    break;
            }
        }

        private void Expect(ImmutableArray<Decision> decisions)
        {
            foreach (Decision decision in decisions)
                _expected.Enqueue(decision);
        }
    }
}
