using System.Collections.Immutable;
using System.Text.Json;

namespace FastCanary.Release.Tests.Rollouts;

/// <summary>A rollout with a clock, traffic and people; keeps all decisions, and checks that each starts from the share that the one before left.</summary>
internal sealed class Scene
{
    public static readonly DateTimeOffset Beginning = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    public Scene(RolloutPlan plan, RolloutState? state = null)
    {
        Rollout = new Rollout(plan, state ?? new RolloutState { PhaseSince = Beginning });
        Record(ReplayRecord.Begin, JsonSerializer.SerializeToUtf8Bytes(new RolloutBegin(plan, Rollout.Export()), ReleaseJson.Default.RolloutBegin));
    }

    public Rollout Rollout { get; set; }

    public DateTimeOffset Now { get; set; } = Beginning;

    public List<Decision> Decisions { get; } = [];

    public List<ReplayRecord> Records { get; } = [];

    public ImmutableArray<GuardReading> Readings { get; set; } = [];

    public bool IsCanaryDown { get; set; }

    public double? BaselineP99 { get; set; } = 0.1;

    public double? CanaryP99 { get; set; } = 0.1;

    public int Share => Rollout.CanaryBasisPoints;

    public RolloutPhase Phase => Rollout.Phase;

    public string State => JsonSerializer.Serialize(Rollout.Export(), ReleaseJson.Default.RolloutState);

    public static RolloutPlan Plan(params RolloutStep[] steps) => new()
    {
        Canary = "canary",
        Baseline = "stable",
        Steps = steps.Length > 0 ? [.. steps] : [Weight(1000, 60), Weight(5000, 60), Weight(10_000)],
        Promotion = new PromotionPlan { Watch = TimeSpan.FromMinutes(10), HoldBackBasisPoints = 100 },
    };

    public static RolloutStep Weight(int basisPoints, int holdSeconds = 0) => RolloutStep.OfWeight(basisPoints, TimeSpan.FromSeconds(holdSeconds));

    public static RolloutStep Gate(int seconds = 0) => RolloutStep.OfPause(TimeSpan.FromSeconds(seconds));

    public static VersionCounts Counts(long requests, long failures = 0, long business = 0, long slow = 0) =>
        new() { Requests = requests, Failures = failures, FirstFailures = failures, Business = business, Slow0 = slow, Slow1 = slow, Slow2 = slow };

    public static Scene Started(RolloutPlan plan)
    {
        var scene = new Scene(plan);
        scene.Do(RolloutVerb.Start);
        return scene;
    }

    public static GuardReading Reading(string guard, double? value, int atSeconds, string problem = "") => new(guard, Beginning.AddSeconds(atSeconds), value, problem);

    /// <summary>Requests of the canary's, and of the baseline's as the share has it.</summary>
    public ImmutableArray<Decision> Serve(long canary, long failures = 0, int seconds = 1, long baselineFailures = 0)
    {
        long baseline = Share is 0 or FastCanary.Release.Share.All ? 0 : canary * (FastCanary.Release.Share.All - Share) / Share;
        return Look(Counts(canary, failures), Counts(baseline, baselineFailures), seconds);
    }

    public ImmutableArray<Decision> Look(VersionCounts canary = default, VersionCounts baseline = default, int seconds = 1)
    {
        Now = Now.AddSeconds(seconds);
        var look = new Observation
        {
            At = Now,
            Counts = canary == default && baseline == default ? [] : [new ShareCounts(Share, baseline, canary)],
            Readings = Readings,
            BaselineP99 = BaselineP99,
            CanaryP99 = CanaryP99,
            IsCanaryDown = IsCanaryDown,
        };
        Record(ReplayRecord.Observation, JsonSerializer.SerializeToUtf8Bytes(look, ReleaseJson.Default.Observation));
        int from = Share;
        return Keep(from, Rollout.Observe(look));
    }

    public ImmutableArray<Decision> Pass(int seconds) => Look(seconds: seconds);

    public CommandResult Ask(RolloutVerb verb, int basisPoints = 0)
    {
        var command = new RolloutCommand(verb, "admin: operator", Now, basisPoints);
        int from = Share;
        CommandResult result = Rollout.Command(command);
        if (result.Refusal is null)
            Record(ReplayRecord.Command, JsonSerializer.SerializeToUtf8Bytes(command, ReleaseJson.Default.RolloutCommand));
        Keep(from, result.Decisions);
        return result;
    }

    public Decision Do(RolloutVerb verb, int basisPoints = 0)
    {
        CommandResult result = Ask(verb, basisPoints);
        Assert.Null(result.Refusal);
        return result.Decisions[^1];
    }

    public AdvanceReport Report() => Rollout.AdvanceReport() ?? throw new InvalidOperationException("no step is under way");

    private ImmutableArray<Decision> Keep(int from, ImmutableArray<Decision> decisions)
    {
        foreach (Decision decision in decisions)
        {
            Assert.Equal(from, decision.From);
            Assert.NotEqual("", decision.Reason);
            Assert.Equal(Now, decision.At);
            from = decision.To;
            var body = new System.Buffers.ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(body))
            {
                writer.WriteStartObject();
                writer.WriteString("at", decision.At);
                writer.WriteString("kind", RecordedDecision.NameOf(decision.Kind));
                writer.WriteString("actor", decision.Actor);
                writer.WriteString("phase", decision.Phase.ToString());
                writer.WriteNumber("step", decision.Step);
                writer.WriteString("reason", decision.Reason);
                writer.WriteEndObject();
            }

            Record(ReplayRecord.Decision, body.WrittenMemory);
        }

        Assert.Equal(from, Share);
        Assert.InRange(Share, 0, FastCanary.Release.Share.All);
        Decisions.AddRange(decisions);
        return decisions;
    }

    private void Record(string kind, ReadOnlyMemory<byte> body) => Records.Add(new ReplayRecord(Records.Count + 1, kind, body));
}
