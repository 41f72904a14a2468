namespace FastCanary.Release.Tests.Rollouts;

public sealed class RolloutDeadlineTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(DeadlineOutcome.Pause, DecisionKind.Paused, RolloutPhase.Paused, 1000)]
    [InlineData(DeadlineOutcome.Promote, DecisionKind.Advanced, RolloutPhase.Progressing, 5000)]
    [InlineData(DeadlineOutcome.Abort, DecisionKind.Aborted, RolloutPhase.Aborted, 0)]
    public void A_step_that_takes_too_long_ends_as_declared(DeadlineOutcome outcome, DecisionKind kind, RolloutPhase phase, int share)
    {
        Scene scene = Scene.Started(Scene.Plan() with { Deadlines = new DeadlinePlan { Step = Hour, StepOutcome = outcome } });
        Assert.Empty(scene.Pass(3599));
        Decision decision = Assert.Single(scene.Pass(1));
        Assert.Equal((kind, phase, share), (decision.Kind, decision.Phase, decision.To));
        Assert.StartsWith("the step has not been left within 1 h: requests: canary got 0", decision.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DeadlineOutcome.Promote, DecisionKind.Advanced, RolloutPhase.Progressing, 5000)]
    [InlineData(DeadlineOutcome.Abort, DecisionKind.Aborted, RolloutPhase.Aborted, 0)]
    public void A_pause_that_takes_too_long_ends_as_declared(DeadlineOutcome outcome, DecisionKind kind, RolloutPhase phase, int share)
    {
        Scene scene = Scene.Started(Scene.Plan() with { Deadlines = new DeadlinePlan { Pause = Hour, PauseOutcome = outcome } });
        scene.Do(RolloutVerb.Pause);
        Assert.Empty(scene.Pass(3599));
        Decision decision = Assert.Single(scene.Pass(1));
        Assert.Equal((kind, phase, share, "the pause has lasted 1 h"), (decision.Kind, decision.Phase, decision.To, decision.Reason));
    }

    [Theory]
    [InlineData(DeadlineOutcome.Wait)]
    [InlineData(DeadlineOutcome.Pause)]
    public void A_pause_may_last_for_ever(DeadlineOutcome outcome)
    {
        Scene scene = Scene.Started(Scene.Plan() with { Deadlines = new DeadlinePlan { Pause = Hour, PauseOutcome = outcome } });
        scene.Do(RolloutVerb.Pause);
        Assert.Empty(scene.Pass(100_000));
    }

    [Fact]
    public void A_step_may_last_for_ever()
    {
        Scene waits = Scene.Started(Scene.Plan() with { Deadlines = new DeadlinePlan { Step = Hour, StepOutcome = DeadlineOutcome.Wait } });
        Assert.Empty(waits.Pass(100_000));
        Scene none = Scene.Started(Scene.Plan() with { Deadlines = new DeadlinePlan { Step = TimeSpan.Zero, StepOutcome = DeadlineOutcome.Abort } });
        Assert.Empty(none.Pass(100_000));
    }

    [Fact]
    public void A_deadline_takes_back_gradually_where_the_plan_says_so()
    {
        Scene scene = Scene.Started(Scene.Plan() with
        {
            Deadlines = new DeadlinePlan { Step = Hour, StepOutcome = DeadlineOutcome.Abort },
            OnFailure = new FailurePlan { IsGradual = true, StepBasisPoints = 600 },
        });
        Assert.Equal((DecisionKind.Aborting, 400), (Assert.Single(scene.Pass(3600)).Kind, scene.Share));
    }

    [Fact]
    public void A_resumed_step_has_its_whole_time_again()
    {
        Scene scene = Scene.Started(Scene.Plan() with { Deadlines = new DeadlinePlan { Step = Hour } });
        Assert.Single(scene.Pass(3600));
        scene.Do(RolloutVerb.Resume);
        Assert.Empty(scene.Pass(3599));
        Assert.Single(scene.Pass(1));
    }

    [Fact]
    public void A_promotion_by_the_clock_waits_for_a_window()
    {
        Scene scene = Scene.Started(Scene.Plan() with
        {
            Deadlines = new DeadlinePlan { Step = Hour, StepOutcome = DeadlineOutcome.Promote },
            Allow = [new ScheduleWindow { FromMinute = 9 * 60, ToMinute = (9 * 60) + 30 }],
        });
        Assert.Empty(scene.Pass(3600));
        Assert.Equal(5000, Assert.Single(scene.Pass(23 * 3600)).To);
    }

    [Fact]
    public void A_promotion_by_the_clock_waits_for_a_canary_that_can_be_judged()
    {
        Scene scene = Scene.Started(Scene.Plan() with { Deadlines = new DeadlinePlan { Step = Hour, StepOutcome = DeadlineOutcome.Promote } });
        scene.IsCanaryDown = true;
        Assert.Empty(scene.Pass(3600));
        scene.IsCanaryDown = false;
        Assert.Equal(5000, Assert.Single(scene.Pass(1)).To);
    }

    [Fact]
    public void No_clock_promotes_what_a_guard_has_stopped()
    {
        Scene scene = RolloutCommandTests.Broken(Scene.Started(Scene.Plan() with
        {
            OnFailure = new FailurePlan { Action = FailureAction.Hold },
            Deadlines = new DeadlinePlan { Pause = Hour, PauseOutcome = DeadlineOutcome.Promote },
        }));
        Assert.Empty(scene.Pass(100_000));
        Assert.Equal(1000, scene.Share);
    }

    [Fact]
    public void A_clock_takes_back_what_a_guard_has_stopped()
    {
        Scene scene = RolloutCommandTests.Broken(Scene.Started(Scene.Plan() with
        {
            OnFailure = new FailurePlan { Action = FailureAction.Hold },
            Deadlines = new DeadlinePlan { Pause = Hour },
        }));
        Assert.Equal(0, Assert.Single(scene.Pass(3600)).To);
    }

    [Fact]
    public void A_step_that_only_waits_for_a_window_has_no_deadline()
    {
        Scene scene = Scene.Started(Scene.Plan(Scene.Weight(1000), Scene.Weight(5000)) with
        {
            Deadlines = new DeadlinePlan { Step = Hour, StepOutcome = DeadlineOutcome.Abort },
            Allow = [new ScheduleWindow { FromMinute = 9 * 60, ToMinute = (9 * 60) + 30 }],
        });
        scene.Now = Scene.Beginning.AddMinutes(31);
        Assert.Empty(scene.Serve(1000));
        Assert.Empty(scene.Pass(7200));
        scene.Now = Scene.Beginning.AddDays(1);
        Assert.Equal(5000, Assert.Single(scene.Pass(1)).To);
    }
}
