using System.Collections.Immutable;
using System.Text.Json;
using FastCanary.Release;
using FastCanary.Traffic;
using Verb = FastCanary.Release.RolloutVerb;

namespace FastCanary.Control;

/// <content>
/// How a restart finds its way back: the state, and from the journal what came after it. What cannot be trusted is not used: then the baselines get everything, and people are told. A disk that takes nothing
/// keeps no proxy from starting: a rollout stands where it stood, or with its baseline where more would have to be journalled, and the journal gets what it lacks as soon as there is room.
/// </content>
internal sealed partial class ReleaseEngine
{
    private void Restore(DateTimeOffset now)
    {
        if (_store.Recovery.TornBytes > 0)
            RolloutLog.JournalTorn(_log, _store.Recovery.TornBytes);
        foreach (ServiceRelease release in _services.Values)
            Recall(release);
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
            BeginRestored(release, now);
        try
        {
            _store.Sync();
        }
        catch (IOException failure)
        {
            foreach (ServiceRelease release in _services.Values)
                Owe(release, isRefused: false, failure);
        }
    }

    private void BeginRestored(ServiceRelease release, DateTimeOffset now)
    {
        // Who owes an entry begins when that is settled.
        if (release.IsOwing || release.Rollout is not { } rollout)
            return;
        try
        {
            JournalBegin(release.Name, rollout, now);
        }
        catch (IOException failure)
        {
            Owe(release, isRefused: false, failure);
        }
    }

    private void Owe(ServiceRelease release, bool isRefused, IOException failure)
    {
        if (release.Rollout is null)
            return;
        release.Owes(isRefused);
        Break(release.Name, failure);
    }

    private string? TryRestore(SavedState state, long journalN, DateTimeOffset now)
    {
        List<Restored> restored;
        try
        {
            restored = [.. state.Services.Select(service => new Restored(service))];
            long expected = journalN + 1;
            foreach (JournalEntry entry in _store.Read(journalN + 1))
            {
                // A start found the journal damaged, and was ended before it had saved what it made of that.
                if (entry.Kind == JournalLine.BrokenKind)
                    return $"{_store.JournalPath} was damaged behind what the state has: entry {entry.N} tells of it";
                if (entry.N != expected++)
                    return $"the state is of journal entry {journalN}, and the journal no longer has the next ones";
                restored.Find(service => service.Saved.Name == entry.Service)?.Take(entry);
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return unreadable.Message;
        }

        foreach (Restored service in restored)
        {
            if (_services.TryGetValue(service.Saved.Name, out ServiceRelease? release))
                ResumeOrFallBack(release, service, now);
        }

        return null;
    }

    private void ResumeOrFallBack(ServiceRelease release, Restored restored, DateTimeOffset now)
    {
        try
        {
            Resume(release, restored, now);
        }
        catch (IOException failure)
        {
            // A part of it may be in the journal, and is not in force.
            Owe(release, isRefused: true, failure);
            FallBack(release, failure.Message, now);
        }
    }

    private void Resume(ServiceRelease release, Restored restored, DateTimeOffset now)
    {
        ServiceModel model = release.Live;
        RolloutPlan? plan = release.Plan;
        Rollout? before = restored.Rollout;
        bool goesOn = plan is not null && before is not null && ServiceRelease.AreOfSameVersions(before.Plan, plan);
        int[] weights =
        [
            .. model.Versions.Select(version =>
                (plan is null || plan.IsBetween(version.Name))
                && (goesOn || (restored.Saved.Configured.TryGetValue(version.Name, out int configured) && configured == version.Weight))
                && restored.Weights.TryGetValue(version.Name, out int live) ? live : version.Weight),
        ];
        if (!Array.TrueForAll(weights, weight => weight == 0))
            release.Split(weights);
        if (plan is null)
            return;
        bool isReplaced = !restored.Saved.CanaryEndpoints.IsEmpty && !restored.Saved.CanaryEndpoints.Any(release.CanaryEndpoints.Contains);
        if (!goesOn)
        {
            release.Rollout = new Rollout(plan, Anew(plan, before, isReplaced, SplitWeights.ShareOf(model, plan, release.Weights), now));
            if (release.Rollout.Phase == RolloutPhase.Aborted)
                release.Split(SplitWeights.OfShare(model, plan, canaryBasisPoints: 0));
            return;
        }

        var rollout = new Rollout(plan, Fit(before!.Export(), plan, now));
        release.Rollout = rollout;
        // What was decided and did not come to the journal any more is decided again, and put in force now.
        AppendRestored(release, [.. restored.Undone]);
        bool isReconfigured = model.Versions.Any(version =>
            plan.IsBetween(version.Name) && restored.Saved.Configured.TryGetValue(version.Name, out int configured) && configured != version.Weight);
        if (isReplaced)
            Apply(new RolloutCommand(Verb.ReplaceCanary, Rollout.Restart, now));
        int[] configuredWeights = ServiceRelease.WeightsOf(_compiled.Service(release.Name));
        if (isReconfigured && Apply(new RolloutCommand(Verb.ConfigureShare, Rollout.Restart, now, SplitWeights.ShareOf(model, plan, configuredWeights)), configuredWeights))
            release.Split(configuredWeights);
        if (SplitWeights.ShareOf(model, plan, release.Weights) != rollout.CanaryBasisPoints || rollout.Phase == RolloutPhase.Aborted)
            release.Split(SplitWeights.OfShare(model, plan, rollout.CanaryBasisPoints));
        RolloutLog.Restored(_log, release.Name, rollout.Phase.ToString(), rollout.Step, string.Join(" ", release.Named(release.Weights).Select(version => $"{version.Version}={version.Weight}")));

        bool Apply(RolloutCommand command, int[]? asked = null)
        {
            CommandResult result = rollout.Command(command);
            if (result.Refusal is { } refusal)
                RolloutLog.WeightsNotTaken(_log, release.Name, refusal);
            AppendRestored(release, result.Decisions, asked);
            return result.Refusal is null;
        }
    }

    private void AppendRestored(ServiceRelease release, ImmutableArray<Decision> decisions, int[]? weights = null)
    {
        List<DecisionReport> reports = [];
        Append(release, decisions, weights, reports);
        foreach (DecisionReport report in reports)
            release.Remember(report);
        foreach (Decision decision in decisions)
            release.Split(WeightsOf(release, decision, weights, release.Weights));
    }

    private void Recall(ServiceRelease release) => release.Recall(_store.Last(release.Name, ServiceRelease.RecentMax).Select(DecisionReader.Read).OfType<DecisionReport>());

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
        try
        {
            _store.Append(report, now);
        }
        catch (IOException failure)
        {
            release.Owed.Add(report);
            Owe(release, isRefused: false, failure);
        }

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
                    _expected.Clear();
                    break;
                case ReplayRecord.Observation when Rollout is not null:
                    Expect(Rollout.Observe(JsonSerializer.Deserialize(entry.Body.Span, ReleaseJson.Default.Observation)!));
                    break;
                case ReplayRecord.Command when Rollout is not null:
                    Expect(Rollout.Command(JsonSerializer.Deserialize(entry.Body.Span, ReleaseJson.Default.RolloutCommand)!).Decisions);
                    break;
                case ReplayRecord.Decision:
                    using (JsonDocument decision = JsonDocument.Parse(entry.Body))
                    {
                        if (decision.RootElement.GetProperty("phase").ValueKind != JsonValueKind.Null)
                            _expected.TryDequeue(out _);
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
