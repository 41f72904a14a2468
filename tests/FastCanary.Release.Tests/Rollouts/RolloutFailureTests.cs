namespace FastCanary.Release.Tests.Rollouts;

public sealed class RolloutFailureTests
{
    [Fact]
    public void An_abort_is_latched_until_a_retry()
    {
        Scene scene = RolloutCommandTests.Broken(Scene.Started(Scene.Plan()));
        for (int i = 0; i < 100; i++)
            Assert.Empty(scene.Look(Scene.Counts(10), Scene.Counts(100), 3600));
        Assert.NotNull(scene.Ask(RolloutVerb.SetShare, 1).Refusal);
        Assert.NotNull(scene.Ask(RolloutVerb.ConfigureShare, 5000).Refusal);
        Assert.Equal((RolloutPhase.Aborted, 0), (scene.Phase, scene.Share));
        Decision decision = scene.Do(RolloutVerb.Retry);
        Assert.Equal((DecisionKind.Retried, 0, 1000, 1), (decision.Kind, decision.From, decision.To, decision.Step));
        Assert.Equal(0, scene.Rollout.Hurt);
    }

    [Fact]
    public void A_gradual_abort_takes_the_share_back_in_parts()
    {
        Scene scene = RolloutCommandTests.Aborting();
        string reason = scene.Rollout.Reason;
        Assert.Equal((DecisionKind.Aborting, 5000, 3000), (scene.Decisions[^1].Kind, scene.Decisions[^1].From, scene.Decisions[^1].To));
        Assert.Empty(scene.Pass(9));
        Decision reduced = Assert.Single(scene.Serve(100, failures: 100));
        Assert.Equal((DecisionKind.Reduced, 3000, 1000, RolloutPhase.Aborting), (reduced.Kind, reduced.From, reduced.To, reduced.Phase));
        Decision aborted = Assert.Single(scene.Pass(10));
        Assert.Equal((DecisionKind.Aborted, 1000, 0, RolloutPhase.Aborted, reason), (aborted.Kind, aborted.From, aborted.To, aborted.Phase, aborted.Reason));
        Assert.Empty(scene.Pass(10));
    }

    [Fact]
    public void A_person_can_end_a_gradual_abort_at_once()
    {
        Scene scene = RolloutCommandTests.Aborting();
        Assert.Equal((DecisionKind.Aborted, 0), (scene.Do(RolloutVerb.Abort).Kind, scene.Share));
        Scene split = RolloutCommandTests.Aborting();
        Assert.Equal((DecisionKind.Weights, 0), (split.Do(RolloutVerb.SetShare, 0).Kind, split.Share));
        Assert.Equal(RolloutPhase.Aborted, split.Phase);
    }

    [Fact]
    public void A_share_of_one_part_is_taken_back_at_once()
    {
        Scene scene = Scene.Started(Scene.Plan(Scene.Weight(2000)) with { OnFailure = new FailurePlan { IsGradual = true } });
        Assert.Equal(DecisionKind.Aborted, RolloutCommandTests.Broken(scene).Decisions[^1].Kind);
    }

    [Fact]
    public void A_hold_keeps_the_share_and_waits_for_a_person()
    {
        Scene scene = RolloutCommandTests.Held();
        Decision held = scene.Decisions[^1];
        Assert.Equal((DecisionKind.Held, 1000, 1000, RolloutPhase.Paused), (held.Kind, held.From, held.To, held.Phase));
        Assert.Empty(scene.Serve(100, failures: 100));
        Assert.Equal("a guard found the canary worse: abort, resume or promote", Assert.Single(scene.Report().WaitsFor));
    }

    [Fact]
    public void A_hold_that_is_resumed_judges_by_new_evidence()
    {
        Scene scene = RolloutCommandTests.Held();
        Assert.Equal((DecisionKind.Resumed, 1000), (scene.Do(RolloutVerb.Resume).Kind, scene.Share));
        Assert.Equal(0, scene.Rollout.Hurt);
        Assert.Empty(scene.Serve(10));
        Assert.Equal(DecisionKind.Held, Assert.Single(scene.Serve(100, failures: 50)).Kind);
    }

    [Fact]
    public void A_hold_that_is_promoted_judges_by_new_evidence()
    {
        Scene scene = RolloutCommandTests.Held();
        Assert.Equal((DecisionKind.Advanced, 5000), (scene.Do(RolloutVerb.Promote).Kind, scene.Share));
        Assert.Empty(scene.Serve(10));
        Assert.Equal(DecisionKind.Held, Assert.Single(scene.Serve(100, failures: 50)).Kind);
    }

    [Fact]
    public void A_hold_that_is_aborted_gives_everything_back()
    {
        Scene scene = RolloutCommandTests.Held();
        Assert.Equal((DecisionKind.Aborted, 1000, 0), (scene.Do(RolloutVerb.Abort).Kind, scene.Decisions[^1].From, scene.Share));
    }

    [Fact]
    public void A_hold_at_a_gate_goes_back_to_the_gate()
    {
        Scene scene = Scene.Started(Scene.Plan(Scene.Weight(1000), Scene.Gate(), Scene.Weight(5000)) with { OnFailure = new FailurePlan { Action = FailureAction.Hold } });
        scene.Serve(200);
        Assert.True(scene.Rollout.IsAtGate);
        RolloutCommandTests.Broken(scene);
        Assert.False(scene.Rollout.IsAtGate);
        scene.Do(RolloutVerb.Resume);
        Assert.True(scene.Rollout.IsAtGate);
        Assert.Equal((RolloutPhase.Paused, 1000), (scene.Phase, scene.Share));
    }

    [Fact]
    public void A_hold_without_a_rollout_can_be_resumed()
    {
        Scene scene = RolloutCommandTests.Broken(RolloutCommandTests.Idle(Scene.Plan() with { OnFailure = new FailurePlan { Action = FailureAction.Hold } }));
        Assert.Equal((RolloutPhase.Paused, 0), (scene.Phase, scene.Rollout.Step));
        Assert.Null(scene.Rollout.AdvanceReport());
        scene.Do(RolloutVerb.Resume);
        Assert.Equal((RolloutPhase.Idle, 3000), (scene.Phase, scene.Share));
    }
}
