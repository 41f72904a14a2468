namespace FastCanary.Release.Tests.Rollouts;

public sealed class RolloutAdvanceTests
{
    private const int Weekdays = 0b0111110;

    [Fact]
    public void A_release_without_failures_goes_through_its_steps()
    {
        Scene scene = Scene.Started(Scene.Plan());
        Assert.Equal((DecisionKind.Started, 0, 1000, 1), Of(scene.Decisions[0]));
        for (int i = 0; i < 59; i++)
            Assert.Empty(scene.Serve(10));
        Assert.Equal((DecisionKind.Advanced, 1000, 5000, 2), Of(Assert.Single(scene.Serve(10))));
        for (int i = 0; i < 59; i++)
            Assert.Empty(scene.Serve(10));
        Assert.Equal((DecisionKind.Promoted, 5000, 9900, 3), Of(Assert.Single(scene.Serve(10))));
        Assert.All(scene.Decisions[1..], decision => Assert.Equal(Rollout.Engine, decision.Actor));
    }

    [Fact]
    public void The_last_step_promotes_also_where_it_is_below_everything()
    {
        Scene scene = Scene.Started(Scene.Plan(Scene.Weight(2000)));
        Assert.Equal((DecisionKind.Promoted, 2000, 9900, 1), Of(Assert.Single(scene.Serve(200))));
    }

    [Fact]
    public void A_first_step_of_everything_promotes_at_once() => Assert.Equal((DecisionKind.Promoted, 0, 9900, 1), Of(Scene.Started(Scene.Plan(Scene.Weight(10_000))).Decisions[0]));

    [Fact]
    public void Each_step_needs_its_own_requests()
    {
        Scene scene = Scene.Started(Scene.Plan(Scene.Weight(1000), Scene.Weight(5000), Scene.Weight(10_000)));
        scene.Serve(1000);
        Assert.Equal(2, scene.Rollout.Step);
        Assert.Empty(scene.Serve(99));
        AdvanceReport report = scene.Report();
        Assert.Equal((false, 1L), (report.IsReady, report.MissingRequests));
        Assert.Equal("requests: canary got 99 in this step and needs 100", Assert.Single(report.WaitsFor));
        Assert.Single(scene.Serve(1));
    }

    [Fact]
    public void Without_traffic_nothing_is_shown_and_nothing_moves()
    {
        Scene scene = Scene.Started(Scene.Plan());
        Assert.Empty(scene.Pass(3600));
        AdvanceReport report = scene.Report();
        Assert.False(report.IsReady);
        Assert.Null(report.Eta);
        Assert.Equal(100, report.MissingRequests);
        Assert.Equal(2, report.WaitsFor.Length);
        Assert.StartsWith("requests: canary got 0", report.WaitsFor[0], StringComparison.Ordinal);
        Assert.StartsWith("evidence: about ", report.WaitsFor[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 0)]
    [InlineData(100, 3)]
    [InlineData(150, 6)]
    [InlineData(200, 7)]
    public void After_exactly_the_missing_requests_at_the_same_rate_of_failures_it_advances(long requests, long failures)
    {
        RolloutPlan plan = Scene.Plan(Scene.Weight(5000), Scene.Weight(10_000));
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { MinRequests = 0 } });
        if (requests > 0)
            Assert.Empty(scene.Serve(requests, failures, baselineFailures: failures));
        long missing = Assert.NotNull(scene.Report().MissingRequests);
        Assert.True(missing > 0);
        long more = (long)Math.Ceiling(failures * missing / (double)Math.Max(1, requests));
        Assert.Single(scene.Serve(missing, more, baselineFailures: (long)(missing * (failures / (double)Math.Max(1, requests)))));
        Assert.Equal(RolloutPhase.Promoted, scene.Phase);
    }

    [Fact]
    public void Fewer_than_the_missing_requests_do_not_do()
    {
        RolloutPlan plan = Scene.Plan(Scene.Weight(5000), Scene.Weight(10_000));
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { MinRequests = 0 } });
        Assert.Empty(scene.Serve(Assert.NotNull(scene.Report().MissingRequests) - 1));
        Assert.Equal(1, scene.Report().MissingRequests);
        Assert.Single(scene.Serve(1));
    }

    [Fact]
    public void A_canary_that_fails_as_much_as_its_baseline_goes_on_and_how_many_requests_that_takes_is_known()
    {
        RolloutPlan plan = Scene.Plan(Scene.Weight(5000), Scene.Weight(10_000));
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { MinRequests = 0 } });
        Assert.Empty(scene.Serve(100, failures: 10, baselineFailures: 10));
        long missing = Assert.NotNull(scene.Report().MissingRequests);
        Assert.InRange(missing, 100, 2000);
        Assert.Single(scene.Serve(missing, (missing + 9) / 10, baselineFailures: missing / 10));
    }

    [Fact]
    public void Where_nothing_would_show_it_good_enough_it_says_so()
    {
        RolloutPlan plan = Scene.Plan(Scene.Weight(5000), Scene.Weight(10_000));
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { Errors = new ErrorGuardPlan { Compare = false, MaxRateBasisPoints = 9000 }, HarmMax = null } });
        scene.Serve(1000, failures: 899, baselineFailures: 899);
        AdvanceReport report = scene.Report();
        Assert.Null(report.Eta);
        if (report.MissingRequests is null)
            Assert.Contains("cannot be shown", Assert.Single(report.WaitsFor), StringComparison.Ordinal);
    }

    [Fact]
    public void A_worse_canary_in_doubt_is_held_and_says_so()
    {
        Scene scene = Scene.Started(Scene.Plan(Scene.Weight(1000), Scene.Weight(10_000)));
        Assert.Empty(scene.Serve(2000, failures: 2));
        Assert.Equal("doubt: the guard errors is more than half the way to an abort", Assert.Single(scene.Report().WaitsFor));
        Assert.Null(scene.Report().Eta);
    }

    [Fact]
    public void The_time_left_is_that_of_the_requests_or_of_the_hold()
    {
        RolloutPlan plan = Scene.Plan(Scene.Weight(1000, 600), Scene.Weight(10_000));
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { MinRequests = 10_000 } });
        for (int i = 0; i < 400; i++)
            scene.Serve(10);
        Assert.Equal(6000, scene.Report().MissingRequests);
        Assert.Equal(600, Assert.NotNull(scene.Report().Eta).TotalSeconds, 3.0);
        for (int i = 0; i < 100; i++)
            scene.Serve(90);
        Assert.Equal((0L, 100.0), (scene.Report().MissingRequests, scene.Report().Eta?.TotalSeconds));
    }

    [Fact]
    public void The_time_left_is_known_after_a_restart_too()
    {
        RolloutPlan plan = Scene.Plan(Scene.Weight(1000), Scene.Weight(10_000));
        Scene scene = Scene.Started(plan with { Analysis = plan.Analysis with { MinRequests = 100_000 } });
        for (int i = 0; i < 600; i++)
            scene.Serve(10);
        scene.Rollout = new Rollout(scene.Rollout.Plan, scene.Rollout.Export());
        scene.Serve(10);
        Assert.Equal(9399, Assert.NotNull(scene.Report().Eta).TotalSeconds, 10.0);
    }

    [Fact]
    public void Outside_its_windows_it_waits_and_says_until_when()
    {
        RolloutPlan plan = Scene.Plan(Scene.Weight(1000), Scene.Weight(10_000)) with { Allow = [new ScheduleWindow { Days = Weekdays, FromMinute = 9 * 60, ToMinute = 16 * 60 }] };
        Scene scene = Scene.Started(plan);
        scene.Now = new DateTimeOffset(2026, 11, 20, 16, 30, 0, TimeSpan.Zero);
        Assert.Empty(scene.Serve(1000));
        Assert.Equal("schedule: the share may rise again from 2026-11-23 09:00 UTC", Assert.Single(scene.Report().WaitsFor));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero), scene.Now + scene.Report().Eta);
        scene.Now = new DateTimeOffset(2026, 11, 23, 8, 59, 59, TimeSpan.Zero).AddSeconds(-1);
        Assert.Empty(scene.Pass(1));
        Assert.Single(scene.Pass(1));
    }

    [Fact]
    public void Outside_its_windows_it_is_taken_back_all_the_same()
    {
        RolloutPlan plan = Scene.Plan() with { Allow = [new ScheduleWindow { Days = Weekdays, FromMinute = 9 * 60, ToMinute = 16 * 60 }] };
        Scene scene = Scene.Started(plan);
        scene.Now = new DateTimeOffset(2026, 11, 20, 16, 30, 0, TimeSpan.Zero);
        Assert.Equal(RolloutPhase.Aborted, RolloutCommandTests.Broken(scene).Phase);
    }

    [Fact]
    public void A_source_without_a_value_holds_the_rollout_and_is_named()
    {
        RolloutPlan plan = Scene.Plan(Scene.Weight(1000), Scene.Weight(10_000));
        plan = plan with { Analysis = plan.Analysis with { Queries = [new QueryGuardPlan { Name = "orders", Max = 5 }], Resources = new ResourceGuardPlan { MemoryBasisPoints = 9000 } } };
        Scene scene = Scene.Started(plan);
        scene.Readings = [Scene.Reading("orders", null, 1, "no data")];
        Assert.Empty(scene.Serve(1000));
        Assert.Equal(["memory: not read yet", "orders: no data"], scene.Report().WaitsFor);
        Assert.Null(scene.Report().Eta);
        scene.Readings = [Scene.Reading("orders", 5, 2), Scene.Reading("memory", 0.9, 2)];
        Assert.Single(scene.Pass(1));
    }

    [Fact]
    public void A_canary_without_an_endpoint_holds_the_rollout()
    {
        Scene scene = Scene.Started(Scene.Plan(Scene.Weight(1000), Scene.Weight(10_000)));
        scene.IsCanaryDown = true;
        Assert.Empty(scene.Serve(1000));
        Assert.Equal("canary has no endpoint that is available", Assert.Single(scene.Report().WaitsFor));
        scene.IsCanaryDown = false;
        Assert.Single(scene.Pass(1));
    }

    [Fact]
    public void A_split_that_does_not_hold_holds_the_rollout_but_not_under_affinity()
    {
        RolloutPlan plan = Scene.Plan(Scene.Weight(1000), Scene.Weight(10_000));
        Scene scene = Scene.Started(plan);
        Assert.Empty(scene.Look(Scene.Counts(500), Scene.Counts(500)));
        Assert.StartsWith("split: at a share of 10 %, canary answered 500 of 1000 requests", Assert.Single(scene.Report().WaitsFor), StringComparison.Ordinal);
        Scene users = Scene.Started(plan with { HasAffinity = true });
        Assert.Single(users.Look(Scene.Counts(500), Scene.Counts(500)));
    }

    [Fact]
    public void A_gate_waits_for_a_person()
    {
        Scene scene = Scene.Started(Scene.Plan(Scene.Weight(1000), Scene.Gate(), Scene.Weight(5000)));
        Assert.Equal((DecisionKind.Paused, 1000, 1000, 2), Of(Assert.Single(scene.Serve(200))));
        Assert.True(scene.Rollout.IsAtGate);
        Assert.Empty(scene.Pass(86_400));
        Assert.Equal("gate: a person has to promote", Assert.Single(scene.Report().WaitsFor));
        Assert.Contains("promote", scene.Ask(RolloutVerb.Resume).Refusal, StringComparison.Ordinal);
        Assert.Equal((DecisionKind.Advanced, 1000, 5000, 3), Of(scene.Do(RolloutVerb.Promote)));
    }

    [Fact]
    public void A_gate_before_all_steps_gives_the_canary_nothing()
    {
        Scene scene = RolloutCommandTests.Idle(Scene.Plan(Scene.Gate(), Scene.Weight(5000)));
        Assert.Equal((DecisionKind.Started, 3000, 0, 1), Of(scene.Do(RolloutVerb.Start)));
        Assert.Equal((RolloutPhase.Paused, 0), (scene.Phase, scene.Share));
    }

    [Fact]
    public void A_gate_with_a_time_opens_after_it()
    {
        Scene scene = TimedGate();
        Assert.Empty(scene.Pass(299));
        Assert.Equal("pause: 1 s left", Assert.Single(scene.Report().WaitsFor));
        Assert.Equal((DecisionKind.Resumed, 1000, 5000, 3), Of(Assert.Single(scene.Pass(1))));
    }

    [Fact]
    public void A_gate_with_a_time_does_not_open_on_a_canary_that_cannot_be_judged()
    {
        Scene scene = TimedGate();
        scene.IsCanaryDown = true;
        Assert.Empty(scene.Pass(300));
        Assert.Equal("canary has no endpoint that is available", Assert.Single(scene.Report().WaitsFor));
        scene.IsCanaryDown = false;
        Assert.Single(scene.Pass(1));
    }

    [Fact]
    public void A_gate_with_a_time_does_not_open_on_doubt()
    {
        Scene scene = TimedGate();
        scene.Serve(2000, failures: 2);
        Assert.Empty(scene.Pass(300));
        Assert.Equal("doubt: the guard errors is more than half the way to an abort", Assert.Single(scene.Report().WaitsFor));
    }

    [Fact]
    public void A_gate_with_a_time_keeps_to_the_windows()
    {
        Scene scene = TimedGate(Scene.Plan() with { Allow = [new ScheduleWindow { FromMinute = 9 * 60, ToMinute = (9 * 60) + 2 }] });
        Assert.Empty(scene.Pass(300));
        Assert.Equal("schedule: the share may rise again from 2026-11-21 09:00 UTC", Assert.Single(scene.Report().WaitsFor));
        Assert.Single(scene.Pass(86_400 - 300));
    }

    private static Scene TimedGate(RolloutPlan? plan = null)
    {
        Scene scene = Scene.Started((plan ?? Scene.Plan()) with { Steps = [Scene.Weight(1000), Scene.Gate(300), Scene.Weight(5000)] });
        Assert.Equal((DecisionKind.Paused, 1000, 1000, 2), Of(Assert.Single(scene.Serve(200))));
        return scene;
    }

    private static (DecisionKind Kind, int From, int To, int Step) Of(Decision decision) => (decision.Kind, decision.From, decision.To, decision.Step);
}
