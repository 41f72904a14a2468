using System.Collections.Immutable;
using System.Text.Json;
using FastCanary.Release;
using FastCanary.Traffic;
using Verb = FastCanary.Release.RolloutVerb;

namespace FastCanary.Control;

/// <content>What a new configuration means for splits and rollouts that are under way.</content>
internal sealed partial class ReleaseEngine
{
    /// <summary>What becomes of a service; nothing of it is in force, or in the journal, yet.</summary>
    private Successor Prepare(ServiceConfig config, Snapshot compiled, string cause, DateTimeOffset now)
    {
        ServiceModel model = compiled.Services.First(service => service.Name == config.Name);
        RolloutPlan? plan = RolloutPlanCompiler.Compile(config);
        if (!_services.TryGetValue(config.Name, out ServiceRelease? release))
            return new Successor(model, config.Rollout, plan, Release: null, Weights: []);
        var successor = new Successor(model, config.Rollout, plan, release, release.WeightsUnder(model));
        if (plan is null)
            return successor;
        if (release.Rollout is null || release.Plan?.Canary != plan.Canary || release.Plan.Baseline != plan.Baseline)
        {
            successor.Begin(plan, new RolloutState { PhaseSince = now, CanaryBasisPoints = SplitWeights.ShareOf(model, plan, successor.Weights) });
            return successor;
        }

        bool isReconfigured = release.IsReconfigured(model, plan);
        bool isReplaced = release.IsCanaryReplaced(model, plan);
        if (!isReconfigured && !isReplaced && ServiceRelease.AreSame(plan, release.Plan))
        {
            successor.Keep(release.Rollout);
            return successor;
        }

        successor.Begin(plan, Fit(release.Rollout.Export(), plan));
        if (isReplaced)
            successor.Command(new RolloutCommand(Verb.ReplaceCanary, cause, now));
        if (isReconfigured && successor.Command(new RolloutCommand(Verb.ConfigureShare, cause, now, SplitWeights.ShareOf(model, plan, WeightsOf(model)))) is { } refusal)
            RolloutLog.WeightsNotTaken(_log, config.Name, refusal);
        if (SplitWeights.ShareOf(model, plan, successor.Weights) != successor.Rollout!.CanaryBasisPoints)
            successor.Weights = SplitWeights.OfShare(model, plan, successor.Rollout.CanaryBasisPoints);
        return successor;
    }

    private static int[] WeightsOf(ServiceModel service) => [.. service.Versions.Select(version => version.Weight)];

    // A plan may have become shorter.
    private static RolloutState Fit(RolloutState state, RolloutPlan plan) => state with { Step = Math.Min(state.Step, plan.Steps.Length - 1) };

    private void Journal(Successor successor)
    {
        if (successor.BeganWith is { } began)
        {
            _store.Append(began.State.PhaseSince > _savedAt ? began.State.PhaseSince : Now(), ReplayRecord.Begin, successor.Model.Name, JsonSerializer.SerializeToUtf8Bytes(began, ReleaseJson.Default.RolloutBegin));
        }

        foreach ((RolloutCommand command, ImmutableArray<Decision> decisions) in successor.Commands)
        {
            _store.Append(command.At, ReplayRecord.Command, successor.Model.Name, JsonSerializer.SerializeToUtf8Bytes(command, ReleaseJson.Default.RolloutCommand));
            foreach (Decision decision in decisions)
                AppendOf(successor, decision);
        }

        if (successor.Release is { Plan: null, Rollout: null } release && successor.Plan is null && !release.WeightsUnder(successor.Model).AsSpan().SequenceEqual(release.Weights))
            AppendOf(successor, OfWeights(release, "configuration", Now()) with { Reason = "the split was changed in the configuration" });
    }

    private void AppendOf(Successor successor, Decision decision)
    {
        ServiceRelease release = successor.Release!;
        DecisionReport report = Report(release, decision with { Id = _store.NextN }, release.Weights, successor.Weights, successor.Model);
        _store.Append(decision.At, ReplayRecord.Decision, release.Name, ReleaseStore.Json(report));
        successor.Reports.Add(report);
    }

    private void Commit(Successor successor, DateTimeOffset now)
    {
        if (successor.Release is not { } release)
        {
            release = new ServiceRelease(_data, successor.Model, successor.Config, successor.Plan, now);
            _services.Add(release.Name, release);
            successor.Release = release;
            if (release.Rollout is { } begun)
                TryJournal(() => JournalBegin(release.Name, begun, now));
            return;
        }

        release.Rollout = successor.Rollout;
        release.Take(successor.Model, successor.Config, successor.Plan, successor.Weights, now);
    }

    private void JournalBegin(string service, Rollout rollout, DateTimeOffset now) =>
        _store.Append(now, ReplayRecord.Begin, service, JsonSerializer.SerializeToUtf8Bytes(new RolloutBegin(rollout.Plan, rollout.Export()), ReleaseJson.Default.RolloutBegin));

    /// <summary>What a service becomes.</summary>
    private sealed record Successor(ServiceModel Model, RolloutConfig? Config, RolloutPlan? Plan, ServiceRelease? Release, int[] Weights)
    {
        public ServiceRelease? Release { get; set; } = Release;

        public int[] Weights { get; set; } = Weights;

        public Rollout? Rollout { get; private set; }

        public RolloutBegin? BeganWith { get; private set; }

        public List<(RolloutCommand Command, ImmutableArray<Decision> Decisions)> Commands { get; } = [];

        public List<DecisionReport> Reports { get; } = [];

        public void Keep(Rollout rollout) => Rollout = rollout;

        public void Begin(RolloutPlan plan, RolloutState state)
        {
            BeganWith = new RolloutBegin(plan, state);
            Rollout = new Rollout(plan, state);
        }

        public string? Command(RolloutCommand command)
        {
            CommandResult result = Rollout!.Command(command);
            if (result.Refusal is null)
                Commands.Add((command, result.Decisions));
            return result.Refusal;
        }
    }
}
