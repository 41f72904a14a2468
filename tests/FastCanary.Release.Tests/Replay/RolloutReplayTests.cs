using System.Text;
using System.Text.Json;
using FastCanary.Release.Tests.Rollouts;

namespace FastCanary.Release.Tests.Replay;

public sealed class RolloutReplayTests
{
    [Fact]
    public void A_recorded_life_comes_out_again()
    {
        int decisions = 0;
        for (ulong seed = 1000; seed < 1040; seed++)
        {
            RandomLife life = Lived(seed);
            IReadOnlyList<ReplayedDecision> replayed = RolloutReplay.Run(life.Scene.Records, plan: null);
            Assert.All(replayed, decision => Assert.True(decision.IsSame, $"seed {seed}: {decision}"));
            Assert.Equal(life.Scene.Decisions.Count, replayed.Count);
            decisions += replayed.Count;
        }

        Assert.True(decisions > 800, $"{decisions}");
    }

    [Fact]
    public void A_decision_that_was_not_taken_or_would_not_be_is_told()
    {
        Scene scene = Scene.Started(Scene.Plan());
        scene.Serve(1000, seconds: 60);
        int last = scene.Records.FindLastIndex(record => record.Kind == ReplayRecord.Decision);
        Assert.Equal(2, scene.Decisions.Count);
        List<ReplayRecord> forgotten = [.. scene.Records];
        forgotten.RemoveAt(last);
        ReplayedDecision missed = RolloutReplay.Run(forgotten, plan: null)[^1];
        Assert.Equal((0L, null, "advanced"), (missed.N, missed.Recorded, missed.Replayed?.Kind));
        ReplayedDecision invented = RolloutReplay.Run([.. scene.Records, scene.Records[last] with { N = 99 }], plan: null)[^1];
        Assert.Equal((99L, "advanced", null), (invented.N, invented.Recorded?.Kind, invented.Replayed));
    }

    [Fact]
    public void Another_plan_decides_otherwise()
    {
        Scene scene = RolloutCommandTests.Broken(Scene.Started(Scene.Plan()));
        IReadOnlyList<ReplayedDecision> replayed = RolloutReplay.Run(scene.Records, Scene.Plan() with { OnFailure = new FailurePlan { Action = FailureAction.Hold } });
        Assert.True(replayed[0].IsSame);
        Assert.Equal(("aborted", "held"), (replayed[1].Recorded?.Kind, replayed[1].Replayed?.Kind));
    }

    [Fact]
    public void Another_plan_may_have_fewer_steps()
    {
        Scene scene = Scene.Started(Scene.Plan());
        scene.Do(RolloutVerb.Promote);
        var later = new Scene(Scene.Plan(), scene.Rollout.Export());
        later.Serve(10);
        Assert.Equal(2, later.Rollout.Step);
        Assert.Empty(RolloutReplay.Run(later.Records, Scene.Plan(Scene.Weight(1000))));
    }

    [Fact]
    public void What_comes_before_the_first_begin_and_other_kinds_are_passed_over()
    {
        Scene scene = Scene.Started(Scene.Plan());
        Assert.Empty(RolloutReplay.Run(scene.Records[1..], plan: null));
        Assert.Single(RolloutReplay.Run([new ReplayRecord(0, "change", default), .. scene.Records], plan: null));
    }

    [Fact]
    public void An_entry_that_is_not_what_it_says_is_named()
    {
        JsonException failure = Assert.Throws<JsonException>(() => RolloutReplay.Run([new ReplayRecord(17, ReplayRecord.Begin, Encoding.UTF8.GetBytes("{}"))], plan: null));
        Assert.StartsWith("entry 17: not a begin: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_recorded_thing_is_read_as_it_was_written()
    {
        RandomLife life = Lived(5);
        string state = life.Scene.State;
        Assert.Equal(state, JsonSerializer.Serialize(JsonSerializer.Deserialize(state, ReleaseJson.Default.RolloutState)!, ReleaseJson.Default.RolloutState));
        string plan = JsonSerializer.Serialize(life.Scene.Rollout.Plan, ReleaseJson.Default.RolloutPlan);
        Assert.Equal(plan, JsonSerializer.Serialize(JsonSerializer.Deserialize(plan, ReleaseJson.Default.RolloutPlan)!, ReleaseJson.Default.RolloutPlan));
    }

    private static RandomLife Lived(ulong seed)
    {
        var life = new RandomLife(seed);
        for (int i = 0; i < 300; i++)
            life.Turn();
        return life;
    }
}
