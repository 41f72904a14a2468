using System.Collections.Immutable;
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
        ServiceModel model = compiled.Service(config.Name);
        RolloutPlan? plan = RolloutPlanCompiler.Compile(config);
        if (!_services.TryGetValue(config.Name, out ServiceRelease? release))
            return new Successor(model, config.Rollout, plan, Release: null, Weights: []);
        bool isReplaced = plan is not null && release.IsCanaryReplaced(model, plan);
        var successor = new Successor(model, config.Rollout, plan, release, release.WeightsUnder(model, plan)) { IsCanaryReplaced = isReplaced };
        if (plan is null)
            return successor;
        if (release.Rollout is null || !ServiceRelease.AreOfSameVersions(plan, release.Plan))
        {
            successor.Begin(plan, Anew(plan, release.Rollout, isReplaced, SplitWeights.ShareOf(model, plan, successor.Weights), now));
            if (successor.Rollout!.Phase == RolloutPhase.Aborted)
                successor.Weights = SplitWeights.OfShare(model, plan, canaryBasisPoints: 0);
            return successor;
        }

        bool isReconfigured = release.IsReconfigured(model, plan);
        if (!isReconfigured && !isReplaced && ServiceRelease.AreSame(plan, release.Plan))
        {
            successor.Keep(release.Rollout);
            return successor;
        }

        successor.Begin(plan, Fit(release.Rollout.Export(), plan, now));
        if (isReplaced)
            successor.Command(new RolloutCommand(Verb.ReplaceCanary, cause, now));
        if (isReconfigured)
        {
            // As written: part of them and part of the live ones, which are to another scale, would be a split that nobody asked for.
            if (successor.Command(new RolloutCommand(Verb.ConfigureShare, cause, now, SplitWeights.ShareOf(model, plan, ServiceRelease.WeightsOf(model)))) is { } refusal)
                RolloutLog.WeightsNotTaken(_log, config.Name, refusal);
            else
                successor.Weights = ServiceRelease.WeightsOf(model);
        }

        if (SplitWeights.ShareOf(model, plan, successor.Weights) != successor.Rollout!.CanaryBasisPoints)
            successor.Weights = SplitWeights.OfShare(model, plan, successor.Rollout.CanaryBasisPoints);
        return successor;
    }

    /// <summary>What a rollout of other versions begins with. A canary that was aborted stays so where it is the same one, whatever it is compared with from now on.</summary>
    private static RolloutState Anew(RolloutPlan plan, Rollout? before, bool isReplaced, int canaryBasisPoints, DateTimeOffset now)
    {
        bool isLatched = before is { Phase: RolloutPhase.Aborting or RolloutPhase.Aborted } && before.Plan.Canary == plan.Canary && !isReplaced;
        return new RolloutState
        {
            Phase = isLatched ? RolloutPhase.Aborted : RolloutPhase.Idle,
            PhaseSince = now,
            Reason = isLatched ? before!.Reason : "",
            CanaryBasisPoints = isLatched ? 0 : canaryBasisPoints,
            EvidenceGeneration = (before?.EvidenceGeneration ?? 0) + 1,
        };
    }

    // A plan may have become shorter, and its step may be of another kind now: what becomes a gate waits for a person, and so does what is none any more.
    private static RolloutState Fit(RolloutState state, RolloutPlan plan, DateTimeOffset now)
    {
        state = state with { Step = Math.Min(state.Step, new Rollout(plan, state).Steps - 1) };
        bool isGate = plan.Analysis.Policy != AnalysisPolicy.Thresholds && state.Step >= 0 && plan.Steps[state.Step].IsPause;
        return state switch
        {
            { Phase: RolloutPhase.Progressing } when isGate => state with { Phase = RolloutPhase.Paused, PauseCause = PauseCause.Gate, PhaseSince = now },
            { Phase: RolloutPhase.Paused, PauseCause: PauseCause.Gate } when !isGate => state with { PauseCause = PauseCause.Change },
            _ => state,
        };
    }

    private void Journal(Successor successor, string cause, DateTimeOffset now)
    {
        bool isDecided = successor.Commands.Exists(command => !command.Decisions.IsEmpty);
        if (!isDecided && successor.Release is { } release && !release.HasSplit(successor.Model, successor.Weights))
            AppendOf(successor, OfWeights(cause, now, "the split was changed in the configuration"), successor.Weights);
        if (successor.BeganWith is { } began)
            _store.Append(successor.Model.Name, began, now);

        foreach ((RolloutCommand command, ImmutableArray<Decision> decisions) in successor.Commands)
        {
            _store.Append(successor.Model.Name, command);
            foreach (Decision decision in decisions)
                AppendOf(successor, decision, command == successor.Commands[^1].Command && decision == decisions[^1] ? successor.Weights : SplitWeights.OfShare(successor.Model, successor.Plan!, decision.To));
        }
    }

    private void AppendOf(Successor successor, Decision decision, int[] to)
    {
        ServiceRelease release = successor.Release!;
        DecisionReport report = Report(release, decision with { Id = _store.NextN }, release.Weights, to, successor.Model);
        if (successor.Reports.Count > 0)
            report = report with { From = successor.Reports[^1].To };
        _store.Append(report, decision.At);
        successor.Reports.Add(report);
    }

    private void Commit(Successor successor, DateTimeOffset now)
    {
        if (successor.Release is not { } release)
        {
            release = new ServiceRelease(_data, successor.Model, successor.Config, successor.Plan, now);
            _services.Add(release.Name, release);
            successor.Release = release;
            Recall(release);
            if (release.Rollout is { } begun)
                TryJournalBegin(release, begun, now);
            return;
        }

        release.Rollout = successor.Rollout;
        release.Take(successor.Model, successor.Config, successor.Plan, successor.Weights, successor.IsCanaryReplaced, now);
    }

    private void TryJournalBegin(ServiceRelease release, Rollout rollout, DateTimeOffset now)
    {
        try
        {
            JournalBegin(release.Name, rollout, now);
        }
        catch (IOException failure)
        {
            release.Owes(isRefused: false);
            Break(release.Name, failure);
        }
    }

    private void JournalBegin(string service, Rollout rollout, DateTimeOffset now) =>
        _store.Append(service, new RolloutBegin(rollout.Plan, rollout.Export()), now);

    /// <summary>What a service becomes.</summary>
    private sealed record Successor(ServiceModel Model, RolloutConfig? Config, RolloutPlan? Plan, ServiceRelease? Release, int[] Weights)
    {
        public ServiceRelease? Release { get; set; } = Release;

        public int[] Weights { get; set; } = Weights;

        public bool IsCanaryReplaced { get; init; }

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
