namespace FastCanary.Release.Tests.Rollouts;

public sealed class RolloutPromotionTests
{
    [Fact]
    public void The_baseline_keeps_a_share_while_a_promotion_is_watched()
    {
        Scene scene = Promoted(Scene.Plan());
        Assert.Equal((9900, scene.Now.AddMinutes(10)), (scene.Share, scene.Rollout.WatchUntil));
        Assert.EndsWith("stable keeps 1 % for 10 min, to be compared with", scene.Rollout.Reason, StringComparison.Ordinal);
        Assert.Empty(scene.Pass(599));
        Decision decision = Assert.Single(scene.Pass(1));
        Assert.Equal((DecisionKind.Completed, 9900, 10_000, RolloutPhase.Promoted), (decision.Kind, decision.From, decision.To, decision.Phase));
        Assert.Null(scene.Rollout.WatchUntil);
        Assert.Empty(scene.Pass(100_000));
    }

    [Fact]
    public void Without_a_watch_the_canary_gets_everything_at_once()
    {
        Scene scene = Promoted(Scene.Plan() with { Promotion = new PromotionPlan { Watch = TimeSpan.Zero } });
        Assert.Equal(10_000, scene.Share);
        Assert.False(scene.Rollout.IsWatching);
    }

    [Fact]
    public void A_canary_that_turns_bad_in_the_watch_is_taken_back_also_where_the_plan_holds()
    {
        Scene scene = Promoted(Scene.Plan() with { OnFailure = new FailurePlan { Action = FailureAction.Hold } });
        Assert.Equal(DecisionKind.Aborted, Assert.Single(scene.Look(Scene.Counts(9900, failures: 5000), Scene.Counts(100))).Kind);
        Assert.Equal((RolloutPhase.Aborted, 0), (scene.Phase, scene.Share));
        Assert.Null(scene.Rollout.WatchUntil);
    }

    [Fact]
    public void The_watch_goes_on_while_a_source_is_silent()
    {
        RolloutPlan plan = Scene.Plan();
        Scene scene = Promoted(plan with { Analysis = plan.Analysis with { Queries = [new QueryGuardPlan { Name = "orders", Max = 5 }] } });
        scene.Readings = [Scene.Reading("orders", null, 1, "no data")];
        Assert.Empty(scene.Pass(600));
        Assert.Equal("the promotion is watched on, because it cannot be judged: orders: no data", scene.Rollout.Reason);
        scene.Readings = [Scene.Reading("orders", 5, 601)];
        Assert.Equal(DecisionKind.Completed, Assert.Single(scene.Pass(1)).Kind);
    }

    [Fact]
    public void Promote_ends_the_watch()
    {
        Scene scene = Promoted(Scene.Plan());
        Assert.Equal((DecisionKind.Completed, 10_000), (scene.Do(RolloutVerb.Promote).Kind, scene.Share));
        Assert.NotNull(scene.Ask(RolloutVerb.Promote).Refusal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public void Undo_gives_everything_back_at_once_in_the_watch_and_after_it(int seconds)
    {
        Scene scene = Promoted(Scene.Plan() with { OnFailure = new FailurePlan { IsGradual = true } });
        scene.Pass(seconds);
        Decision decision = scene.Do(RolloutVerb.Undo);
        Assert.Equal((DecisionKind.Undone, seconds == 0 ? 9900 : 10_000, 0, RolloutPhase.Aborted), (decision.Kind, decision.From, decision.To, decision.Phase));
        Assert.NotNull(scene.Ask(RolloutVerb.SetShare, 1).Refusal);
    }

    [Fact]
    public void A_release_that_is_over_can_be_begun_again()
    {
        Scene scene = Promoted(Scene.Plan());
        scene.Pass(600);
        Decision decision = scene.Do(RolloutVerb.Start);
        Assert.Equal((DecisionKind.Started, 10_000, 1000), (decision.Kind, decision.From, decision.To));
    }

    private static Scene Promoted(RolloutPlan plan)
    {
        Scene scene = Scene.Started(plan);
        Assert.Equal(DecisionKind.Promoted, scene.Do(RolloutVerb.PromoteFull).Kind);
        return scene;
    }
}
