namespace FastCanary.Release.Tests.Rollouts;

public sealed class RolloutThresholdsTests
{
    [Fact]
    public void A_healthy_period_raises_the_share_to_the_end()
    {
        Scene scene = Started();
        for (int share = 2000; share <= 9000; share += 1000)
        {
            Assert.Empty(scene.Serve(10, seconds: 59));
            Decision decision = Assert.Single(scene.Pass(1));
            Assert.Equal((DecisionKind.Advanced, share - 1000, share, share / 1000), (decision.Kind, decision.From, decision.To, decision.Step));
        }

        scene.Serve(10, seconds: 59);
        Assert.Equal((DecisionKind.Promoted, 9900), (Assert.Single(scene.Pass(1)).Kind, scene.Share));
        Assert.Equal((10, 10), (scene.Rollout.Step, scene.Rollout.Steps));
    }

    [Fact]
    public void At_the_thresholds_themselves_a_period_is_healthy()
    {
        Scene scene = Started();
        scene.CanaryP99 = 0.125;
        scene.BaselineP99 = 0.1;
        scene.Readings = [Scene.Reading("cpu", 0.7, 1)];
        Assert.Equal(DecisionKind.Advanced, Assert.Single(scene.Serve(100, failures: 5, seconds: 60)).Kind);
    }

    [Theory]
    [InlineData("success", "94 % of canary's requests succeeded, less than 95 %")]
    [InlineData("latency", "p99 is 131 ms, more than 30 % above stable's 100 ms")]
    [InlineData("cpu", "CPU 71 %, more than 70 %")]
    [InlineData("business", "1 business errors, more than 0")]
    public void An_unhealthy_period_lowers_the_share_and_says_why(string what, string why)
    {
        Scene scene = Started();
        for (int i = 0; i < 3; i++)
            scene.Serve(10, seconds: 60);
        Assert.Equal(4000, scene.Share);
        Unhealthy(scene, what);
        Decision decision = scene.Decisions[^1];
        Assert.Equal((DecisionKind.Reduced, 4000, 2000, RolloutPhase.Progressing), (decision.Kind, decision.From, decision.To, decision.Phase));
        Assert.Equal("an unhealthy period: " + why, decision.Reason);
    }

    [Theory]
    [InlineData("success")]
    [InlineData("latency")]
    [InlineData("cpu")]
    [InlineData("business")]
    public void An_unhealthy_period_at_a_small_share_takes_the_release_back(string what)
    {
        Scene scene = Started();
        scene.Serve(10, seconds: 60);
        Assert.Equal(2000, scene.Share);
        Unhealthy(scene, what);
        Assert.Equal((DecisionKind.Aborted, 0, RolloutPhase.Aborted), (scene.Decisions[^1].Kind, scene.Share, scene.Phase));
    }

    [Fact]
    public void A_period_without_requests_changes_nothing_and_says_so()
    {
        Scene scene = Started();
        Assert.Empty(scene.Pass(60));
        Assert.Equal("canary got no requests in the last period: it tells nothing", scene.Rollout.Reason);
        Assert.Equal(1000, scene.Share);
    }

    [Fact]
    public void A_closed_window_keeps_the_share_from_rising_but_not_from_falling()
    {
        Scene scene = Started(Plan() with { Allow = [new ScheduleWindow { FromMinute = 9 * 60, ToMinute = (9 * 60) + 4 }] });
        for (int i = 0; i < 3; i++)
            scene.Serve(10, seconds: 60);
        Assert.Equal(4000, scene.Share);
        Assert.Empty(scene.Serve(10, seconds: 60));
        Assert.Equal("schedule: the share may rise again from 2026-11-21 09:00 UTC", scene.Rollout.Reason);
        Assert.Contains(scene.Rollout.Reason, scene.Report().WaitsFor);
        Assert.Equal(2000, Assert.Single(scene.Serve(10, failures: 10, seconds: 60)).To);
    }

    [Fact]
    public void A_problem_keeps_the_share_from_rising_but_not_from_falling()
    {
        Scene scene = Started();
        for (int i = 0; i < 3; i++)
            scene.Serve(10, seconds: 60);
        scene.IsCanaryDown = true;
        Assert.Empty(scene.Serve(10, seconds: 60));
        Assert.Equal("canary has no endpoint that is available", scene.Rollout.Reason);
        Assert.Equal(2000, Assert.Single(scene.Serve(10, failures: 10, seconds: 60)).To);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cpu_that_is_not_known_is_no_good_cpu(bool isRead)
    {
        Scene scene = Started();
        scene.Readings = isRead ? [Scene.Reading("cpu", null, 1, "connection refused")] : [];
        Assert.Empty(scene.Serve(10, seconds: 60));
        Assert.Equal(isRead ? "cpu: connection refused" : "cpu: not read yet", scene.Rollout.Reason);
        scene.Readings = [Scene.Reading("cpu", 0.5, 2)];
        Assert.Single(scene.Serve(10, seconds: 60));
    }

    [Theory]
    [InlineData(true, "p99: canary answered nothing in the last minute that could be compared")]
    [InlineData(false, "p99: stable answered nothing in the last minute that could be compared")]
    public void Latency_that_cannot_be_compared_is_no_good_latency(bool isCanary, string reason)
    {
        Scene scene = Started();
        scene.CanaryP99 = isCanary ? null : 0.1;
        scene.BaselineP99 = isCanary ? 0.1 : null;
        Assert.Empty(scene.Serve(10, seconds: 60));
        Assert.Equal(reason, scene.Rollout.Reason);
    }

    [Fact]
    public void Where_no_version_has_a_latency_the_decision_says_so()
    {
        Scene scene = Started();
        (scene.CanaryP99, scene.BaselineP99) = (null, null);
        Assert.Equal("a healthy period: 0 of 10 requests failed; latency was not seen", Assert.Single(scene.Serve(10, seconds: 60)).Reason);
    }

    [Fact]
    public void Bounds_that_the_policy_has_no_threshold_for_take_the_release_back_at_once()
    {
        RolloutPlan plan = Plan();
        Scene query = Started(plan with { Analysis = plan.Analysis with { Queries = [new QueryGuardPlan { Name = "orders", Max = 5 }] } });
        query.Readings = [Scene.Reading("orders", 6, 1)];
        Assert.Equal(DecisionKind.Aborted, Assert.Single(query.Pass(1)).Kind);
        Scene harm = Started(plan with { Analysis = plan.Analysis with { HarmMax = 5 } });
        Assert.Equal(DecisionKind.Aborted, Assert.Single(harm.Serve(1000, failures: 6)).Kind);
        Scene rate = Started(plan with { Analysis = plan.Analysis with { Errors = new ErrorGuardPlan { MaxRateBasisPoints = 100 } } });
        Assert.Equal(DecisionKind.Aborted, Assert.Single(rate.Serve(1000, failures: 500)).Kind);
    }

    [Fact]
    public void Bounds_on_what_the_policy_has_a_threshold_for_wait_for_the_period()
    {
        RolloutPlan plan = Plan();
        Scene scene = Started(plan with { Analysis = plan.Analysis with { BusinessMax = 0, Resources = new ResourceGuardPlan { CpuBasisPoints = 100 } } });
        Assert.Empty(scene.Look(Scene.Counts(100, failures: 100, business: 1), Scene.Counts(900)));
        scene.Readings = [Scene.Reading("cpu", 0.9, 2)];
        Assert.Empty(scene.Pass(1));
    }

    [Fact]
    public void A_pause_is_no_cover_for_a_broken_canary()
    {
        Scene scene = Started();
        scene.Do(RolloutVerb.Pause);
        Assert.Equal(RolloutPhase.Aborted, RolloutCommandTests.Broken(scene).Phase);
    }

    [Theory]
    [InlineData(DeadlineOutcome.Pause, RolloutPhase.Paused, 1000)]
    [InlineData(DeadlineOutcome.Promote, RolloutPhase.Progressing, 2000)]
    [InlineData(DeadlineOutcome.Abort, RolloutPhase.Aborted, 0)]
    public void A_share_that_does_not_rise_ends_as_declared(DeadlineOutcome outcome, RolloutPhase phase, int share)
    {
        Scene scene = Started(Plan() with { Deadlines = new DeadlinePlan { Step = TimeSpan.FromHours(1), StepOutcome = outcome } });
        for (int i = 0; i < 59; i++)
            Assert.Empty(scene.Pass(60));
        Assert.Single(scene.Pass(60));
        Assert.Equal((phase, share), (scene.Phase, scene.Share));
    }

    [Fact]
    public void A_pause_that_is_promoted_by_the_clock_raises_the_share_by_the_policys_amount()
    {
        Scene scene = Started(Plan() with { Deadlines = new DeadlinePlan { Pause = TimeSpan.FromHours(1), PauseOutcome = DeadlineOutcome.Promote } });
        for (int i = 0; i < 3; i++)
            scene.Serve(10, seconds: 60);
        scene.Do(RolloutVerb.Pause);
        Decision decision = Assert.Single(scene.Pass(3600));
        Assert.Equal((DecisionKind.Advanced, 4000, 5000, 5), (decision.Kind, decision.From, decision.To, decision.Step));
    }

    [Fact]
    public void Promote_raises_the_share_by_the_policys_amount()
    {
        Scene scene = Started();
        Assert.Equal((DecisionKind.Advanced, 1000, 2000), (scene.Do(RolloutVerb.Promote).Kind, scene.Decisions[^1].From, scene.Share));
        scene.Do(RolloutVerb.SetShare, 9500);
        Assert.Equal((DecisionKind.Promoted, 9900), (scene.Do(RolloutVerb.Promote).Kind, scene.Share));
    }

    internal static RolloutPlan Plan()
    {
        RolloutPlan plan = Scene.Plan();
        return plan with { Analysis = plan.Analysis with { Policy = AnalysisPolicy.Thresholds } };
    }

    private static Scene Started(RolloutPlan? plan = null)
    {
        var scene = new Scene(plan ?? Plan()) { Readings = [Scene.Reading("cpu", 0.5, 0)] };
        Assert.Equal((DecisionKind.Started, 1000), (scene.Do(RolloutVerb.Start).Kind, scene.Share));
        return scene;
    }

    private static void Unhealthy(Scene scene, string what)
    {
        if (what == "latency")
            scene.CanaryP99 = 0.131;
        if (what == "cpu")
            scene.Readings = [Scene.Reading("cpu", 0.71, 100)];
        scene.Look(Scene.Counts(100, what == "success" ? 6 : 5, what == "business" ? 1 : 0), Scene.Counts(100), 60);
    }
}
