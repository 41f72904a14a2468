using FastCanary.Control;
using FastCanary.Release;

namespace FastCanary.Control.Tests;

public class RolloutPlanCompilerTests
{
    [Fact]
    public void A_service_without_a_rollout_has_no_plan() => Assert.Null(RolloutPlanCompiler.Compile(Sample.Config(Sample.WithKeys("")).Services[0]));

    [Fact]
    public void A_rollout_that_says_nothing_is_the_plan_that_says_nothing()
    {
        RolloutPlan plan = Plan("");
        var bare = new RolloutPlan { Canary = "canary", Baseline = "stable" };
        Assert.Equal(bare.Steps, plan.Steps);
        Assert.Equal(bare.Analysis.Latency!.Quantiles, plan.Analysis.Latency!.Quantiles);
        // Records compare arrays by identity; and no CPU is told of where nothing is asked.
        AnalysisPlan analysis = bare.Analysis with
        {
            Queries = plan.Analysis.Queries,
            Latency = bare.Analysis.Latency with { Quantiles = plan.Analysis.Latency.Quantiles },
            Thresholds = bare.Analysis.Thresholds with { CpuBasisPoints = 0 },
        };
        Assert.Empty(plan.Analysis.Queries);
        Assert.Empty(plan.Allow);
        Assert.Equal(bare with { Steps = plan.Steps, Allow = plan.Allow, Analysis = analysis }, plan);
    }

    [Fact]
    public void Everything_that_is_written_is_in_the_plan()
    {
        RolloutPlan plan = Plan("""
            steps: [{ weight: 1%, hold: 1m }, { pause: true }, { pause: 5m }, { weight: 60% }]
            analysis:
              falseAbort: 2%
              minRequests: 7
              errors: { maxRate: 5%, compare: false }
              latency: { quantiles: [p75, p99.9], maxIncrease: 50%, minIncrease: 2ms }
              resources: { memory: 90%, from: {} }
              business: { header: X-E, max: 3 }
              queries: [{ name: a, prometheus: "http://h", query: up, max: 1 }, { name: b, prometheus: "http://h", query: up, min: 2 }]
              harm: { max: 9 }
            onFailure: { mode: gradual, step: 5%, interval: 3s }
            deadlines: { step: { after: 1h, outcome: promote }, pause: { after: 2h, outcome: wait } }
            schedule: { allow: "Mon 09:00-10:00 UTC" }
            promotion: { watch: 1h, holdBack: 2% }
            """);
        Assert.Equal(("canary", "stable", false), (plan.Canary, plan.Baseline, plan.HasAffinity));
        Assert.Equal(
            [RolloutStep.OfWeight(100, TimeSpan.FromMinutes(1)), RolloutStep.OfPause(), RolloutStep.OfPause(TimeSpan.FromMinutes(5)), RolloutStep.OfWeight(6000, TimeSpan.Zero)], plan.Steps);
        AnalysisPlan analysis = plan.Analysis;
        Assert.Equal((AnalysisPolicy.Evidence, 200, 7), (analysis.Policy, analysis.FalseAbortBasisPoints, analysis.MinRequests));
        Assert.Equal(new ErrorGuardPlan { MaxRateBasisPoints = 500, Compare = false }, analysis.Errors);
        Assert.Equal([0.75, 0.999], analysis.Latency!.Quantiles);
        Assert.Equal((5000, TimeSpan.FromMilliseconds(2)), (analysis.Latency.MaxIncreaseBasisPoints, analysis.Latency.MinIncrease));
        Assert.Equal(new ResourceGuardPlan { CpuBasisPoints = 0, MemoryBasisPoints = 9000 }, analysis.Resources);
        Assert.Equal((3, 9.0), (analysis.BusinessMax, analysis.HarmMax));
        Assert.Equal([new QueryGuardPlan { Name = "a", Max = 1 }, new QueryGuardPlan { Name = "b", Min = 2 }], analysis.Queries);
        Assert.Equal(new FailurePlan { IsGradual = true, StepBasisPoints = 500, Interval = TimeSpan.FromSeconds(3) }, plan.OnFailure);
        Assert.Equal(
            new DeadlinePlan { Step = TimeSpan.FromHours(1), StepOutcome = DeadlineOutcome.Promote, Pause = TimeSpan.FromHours(2), PauseOutcome = DeadlineOutcome.Wait }, plan.Deadlines);
        Assert.Equal([new ScheduleWindow { Days = 0b0000010, FromMinute = 540, ToMinute = 600, Zone = "UTC" }], plan.Allow);
        Assert.Equal(new PromotionPlan { Watch = TimeSpan.FromHours(1), HoldBackBasisPoints = 200 }, plan.Promotion);
    }

    [Fact]
    public void Errors_that_are_neither_compared_nor_bounded_are_not_judged() => Assert.Null(Plan("analysis: { errors: { compare: false }, harm: { max: 1 } }").Analysis.Errors);

    [Fact]
    public void A_failure_can_hold() => Assert.Equal(FailureAction.Hold, Plan("onFailure: { action: hold }").OnFailure.Action);

    [Fact]
    public void Thresholds_are_in_the_plan()
    {
        AnalysisPlan analysis = Plan("""
            analysis:
              policy: thresholds
              resources: { from: {} }
              business: { header: X-E }
              thresholds: { successRate: 90%, latencyIncrease: 40%, cpu: 50%, business: 2, healthy: 3%, unhealthy: 4%, period: 5s }
            """).Analysis;
        Assert.Equal(AnalysisPolicy.Thresholds, analysis.Policy);
        Assert.Null(analysis.Resources);
        Assert.Equal(
            new ThresholdsPlan
            {
                SuccessRateBasisPoints = 9000,
                LatencyIncreaseBasisPoints = 4000,
                CpuBasisPoints = 5000,
                BusinessMax = 2,
                HealthyBasisPoints = 300,
                UnhealthyBasisPoints = 400,
                Period = TimeSpan.FromSeconds(5),
            },
            analysis.Thresholds);
    }

    [Fact]
    public void A_threshold_for_a_cpu_that_nothing_tells_is_none() => Assert.Equal(0, Plan("analysis: { policy: thresholds }").Analysis.Thresholds.CpuBasisPoints);

    [Fact]
    public void A_plan_knows_whether_users_stay_on_a_version() =>
        Assert.True(RolloutPlanCompiler.Compile(
            Sample.Config(Sample.WithKeys("affinity: { key: client-ip }\nrollout: { canary: canary, baseline: stable }")).Services[0])!.HasAffinity);

    private static RolloutPlan Plan(string keys) => RolloutPlanCompiler.Compile(Sample.Config(Sample.WithRollout(keys)).Services[0])!;
}
