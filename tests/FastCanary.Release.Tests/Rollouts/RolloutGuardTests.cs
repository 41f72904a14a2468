namespace FastCanary.Release.Tests.Rollouts;

public sealed class RolloutGuardTests
{
    [Fact]
    public void Errors_beyond_the_baselines_take_the_release_back()
    {
        Scene scene = Scene.Started(Scene.Plan());
        Assert.Empty(scene.Serve(100, failures: 1, baselineFailures: 9));
        Decision decision = Assert.Single(scene.Serve(100, failures: 12));
        Assert.Equal((DecisionKind.Aborted, 1000, 0, RolloutPhase.Aborted), (decision.Kind, decision.From, decision.To, decision.Phase));
        Assert.StartsWith("errors: requests failed: stable 9 of 1800, canary 13 of 200", decision.Reason, StringComparison.Ordinal);
        GuardReport errors = decision.Evidence[0];
        Assert.Equal(("errors", 9L, 13L, 1800L, 200L), (errors.Guard, errors.BaselineEvents, errors.CanaryEvents, errors.BaselineRequests, errors.CanaryRequests));
        Assert.True(errors.Log10 >= errors.AbortAt);
    }

    [Fact]
    public void Errors_of_both_versions_alike_do_not()
    {
        Scene scene = Scene.Started(Scene.Plan(Scene.Weight(1000, 3600)));
        for (int i = 0; i < 100; i++)
            Assert.Empty(scene.Serve(100, failures: 10, baselineFailures: 90));
    }

    [Fact]
    public void Errors_that_are_not_compared_do_not()
    {
        RolloutPlan plan = Scene.Plan();
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { Errors = null } });
        Assert.Empty(scene.Serve(100, failures: 100));
        Assert.DoesNotContain(scene.Rollout.GuardReports(), report => report.Guard == "errors");
    }

    [Fact]
    public void Slow_responses_beyond_the_baselines_take_the_release_back()
    {
        Scene scene = Scene.Started(Scene.Plan());
        Assert.Empty(scene.Look(Scene.Counts(100, slow: 1), Scene.Counts(900, slow: 9)));
        Decision decision = Assert.Single(scene.Look(Scene.Counts(100, slow: 50), Scene.Counts(900, slow: 9)));
        Assert.Equal(DecisionKind.Aborted, decision.Kind);
        Assert.StartsWith("latency: slower than the baseline's p50 (canary: plus 30 %, the clearest of p50, p90, p99): stable 18 of 1800, canary 51 of 200", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reason_counts_the_slow_responses_of_the_quantile_where_the_evidence_is_clearest()
    {
        Scene scene = Scene.Started(Scene.Plan());
        Decision decision = Assert.Single(scene.Look(
            Scene.Counts(100) with { Slow0 = 60, Slow1 = 50, Slow2 = 1 },
            Scene.Counts(900) with { Slow0 = 450, Slow1 = 9, Slow2 = 9 }));
        Assert.StartsWith("latency: slower than the baseline's p90 (canary: plus 30 %, the clearest of p50, p90, p99): stable 9 of 900, canary 50 of 100", decision.Reason, StringComparison.Ordinal);
        GuardReport report = Assert.Single(scene.Rollout.GuardReports(), static report => report.Guard == "latency");
        Assert.Equal((9, 50), (report.BaselineEvents, report.CanaryEvents));
    }

    [Fact]
    public void A_single_quantile_is_named_alone()
    {
        RolloutPlan plan = Scene.Plan();
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { Latency = new LatencyGuardPlan { Quantiles = [0.95] } } });
        Decision decision = Assert.Single(scene.Look(Scene.Counts(100) with { Slow0 = 50 }, Scene.Counts(900) with { Slow0 = 9 }));
        Assert.StartsWith("latency: slower than the baseline's p95 (canary: plus 30 %): stable 9 of 900, canary 50 of 100", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_over_its_bound_takes_the_release_back_also_where_the_baseline_is_as_bad()
    {
        RolloutPlan plan = Scene.Plan();
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { Errors = new ErrorGuardPlan { MaxRateBasisPoints = 500 } } });
        Decision decision = Assert.Single(scene.Serve(100, failures: 30, baselineFailures: 270));
        Assert.StartsWith("maxRate: canary: 30 of 100 failed, at most 5 % may", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_users_many_failures_do_not_make_a_rate()
    {
        RolloutPlan plan = Scene.Plan() with { HasAffinity = true };
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { Errors = new ErrorGuardPlan { MaxRateBasisPoints = 500 } } });
        Assert.Empty(scene.Look(Scene.Counts(100) with { Failures = 50, FirstFailures = 1 }, Scene.Counts(900)));
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0, 1, true)]
    [InlineData(3, 3, false)]
    [InlineData(3, 4, true)]
    public void More_business_errors_than_may_be_take_the_release_back(long max, long business, bool isTakenBack)
    {
        RolloutPlan plan = Scene.Plan();
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { BusinessMax = max } });
        scene.Look(Scene.Counts(10, business: business), Scene.Counts(90, business: 50));
        Assert.Equal(isTakenBack ? RolloutPhase.Aborted : RolloutPhase.Progressing, scene.Phase);
        if (isTakenBack)
            Assert.Equal($"business errors: {business} of canary's, more than {max}", scene.Rollout.Reason);
    }

    [Fact]
    public void More_harm_than_may_be_takes_the_release_back()
    {
        RolloutPlan plan = Scene.Plan(Scene.Weight(5000, 3600));
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { HarmMax = 50, Errors = null } });
        Assert.Empty(scene.Serve(1000, failures: 150, baselineFailures: 100));
        Assert.Equal(50, scene.Rollout.Harm, 1e-9);
        Decision decision = Assert.Single(scene.Serve(1, failures: 1));
        Assert.StartsWith("harm: canary has cost 51 failures more than stable would have, more than 50", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Resources_over_their_bound_in_two_readings_take_the_release_back()
    {
        RolloutPlan plan = Scene.Plan(Scene.Weight(1000, 3600));
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { Resources = new ResourceGuardPlan { CpuBasisPoints = 7000 } } });
        scene.Readings = [Scene.Reading("cpu", 0.71, 1)];
        for (int i = 0; i < 20; i++)
            Assert.Empty(scene.Pass(1));
        scene.Readings = [Scene.Reading("cpu", 0.7, 16)];
        Assert.Empty(scene.Pass(1));
        scene.Readings = [Scene.Reading("cpu", 0.71, 31)];
        Assert.Empty(scene.Pass(1));
        scene.Readings = [Scene.Reading("cpu", 0.72, 46)];
        Assert.Equal("cpu: 0.72, but at most 0.7 is allowed", Assert.Single(scene.Pass(1)).Reason);
    }

    [Theory]
    [InlineData(null, 5.0, 5.0, false)]
    [InlineData(null, 5.0, 5.1, true)]
    [InlineData(2.0, null, 2.0, false)]
    [InlineData(2.0, null, 1.9, true)]
    public void A_query_out_of_its_bounds_takes_the_release_back_at_once(double? min, double? max, double value, bool isTakenBack)
    {
        RolloutPlan plan = Scene.Plan();
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { Queries = [new QueryGuardPlan { Name = "orders", Min = min, Max = max }] } });
        scene.Readings = [Scene.Reading("orders", value, 1)];
        Assert.Equal(isTakenBack ? 1 : 0, scene.Pass(1).Length);
        Assert.Equal(isTakenBack ? RolloutPhase.Aborted : RolloutPhase.Progressing, scene.Phase);
    }

    [Fact]
    public void The_safety_loop_runs_without_a_rollout()
    {
        Scene scene = RolloutCommandTests.Idle(Scene.Plan());
        Assert.Equal((RolloutPhase.Aborted, 0), (RolloutCommandTests.Broken(scene).Phase, scene.Share));
    }

    [Theory]
    [InlineData(RolloutVerb.Pause)]
    [InlineData(RolloutVerb.Promote)]
    [InlineData(RolloutVerb.PromoteFull)]
    [InlineData(RolloutVerb.SetShare)]
    public void The_safety_loop_runs_in_pauses_and_at_gates_and_in_the_watch(RolloutVerb verb)
    {
        Scene scene = Scene.Started(Scene.Plan(Scene.Weight(1000), Scene.Gate()));
        scene.Do(verb, 2000);
        Assert.NotEqual(RolloutPhase.Progressing, scene.Phase);
        scene.Look(Scene.Counts(30_000, failures: 20_000), Scene.Counts(300));
        Assert.Equal((RolloutPhase.Aborted, 0), (scene.Phase, scene.Share));
    }

    [Fact]
    public void What_is_not_watched_does_not_count()
    {
        Scene scene = new(Scene.Plan());
        Assert.Empty(scene.Look(Scene.Counts(100, failures: 100)));
        Assert.Equal(0, scene.Rollout.Hurt);
        scene.Do(RolloutVerb.Start);
        scene.Do(RolloutVerb.Abort);
        Assert.Empty(scene.Look(Scene.Counts(100, failures: 100)));
        Assert.Equal(0, scene.Rollout.Hurt);
    }
}
