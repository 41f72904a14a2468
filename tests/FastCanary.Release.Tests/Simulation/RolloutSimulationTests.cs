using FastCanary.Release.Tests.Rollouts;

namespace FastCanary.Release.Tests.Simulation;

public sealed class RolloutSimulationTests
{
    private static readonly RolloutPlan Plan = Scene.Plan() with { Promotion = new PromotionPlan { Watch = TimeSpan.FromMinutes(1) } };

    [Fact]
    public void The_same_seed_gives_the_same_result_and_another_another()
    {
        Assert.Equal(RolloutSimulation.Run(Plan, Input(canaryErrors: 0.02)), RolloutSimulation.Run(Plan, Input(canaryErrors: 0.02)));
        Assert.NotEqual(RolloutSimulation.Run(Plan, Input(canaryErrors: 0.02)), RolloutSimulation.Run(Plan, Input(canaryErrors: 0.02) with { Seed = 2 }));
    }

    [Fact]
    public void A_good_release_is_promoted()
    {
        SimulationResult result = RolloutSimulation.Run(Plan, Input(canaryErrors: 0.005));
        Assert.InRange(result.Aborted, 0, 4);
        Assert.InRange(result.Promoted, 190, 200);
        Assert.True(result.PromoteMedian >= TimeSpan.FromMinutes(3));
        Assert.Equal(200 - result.Aborted - result.Promoted, result.Undecided);
    }

    [Fact]
    public void A_bad_release_is_aborted()
    {
        SimulationResult errors = RolloutSimulation.Run(Plan, Input(canaryErrors: 0.2));
        Assert.Equal(200, errors.Aborted);
        Assert.True(errors.HurtMean > 0 && errors.Hurt95 >= errors.HurtMean && errors.HarmMean < errors.HurtMean);
        Assert.Equal(200, RolloutSimulation.Run(Plan, Input(canaryErrors: 0.005) with { CanarySlowness = 5 }).Aborted);
    }

    [Fact]
    public void Gates_are_opened()
    {
        RolloutPlan gated = Plan with { Steps = [Scene.Gate(), Scene.Weight(1000, 10), Scene.Gate(600), Scene.Weight(5000)] };
        Assert.InRange(RolloutSimulation.Run(gated, Input(canaryErrors: 0.005)).Promoted, 190, 200);
    }

    [Fact]
    public void What_other_sources_tell_is_taken_to_be_fine()
    {
        RolloutPlan asking = Plan with
        {
            Analysis = Plan.Analysis with { Queries = [new QueryGuardPlan { Name = "orders", Min = 5 }], Resources = new ResourceGuardPlan { CpuBasisPoints = 7000, MemoryBasisPoints = 9000 } },
        };
        Assert.Equal(RolloutSimulation.Run(Plan, Input(canaryErrors: 0.005)), RolloutSimulation.Run(asking, Input(canaryErrors: 0.005)));
    }

    [Fact]
    public void The_simple_policy_sees_errors_and_latency()
    {
        RolloutPlan simple = RolloutThresholdsTests.Plan();
        Assert.Equal(200, RolloutSimulation.Run(simple, Input(canaryErrors: 0.005)).Promoted);
        Assert.Equal(200, RolloutSimulation.Run(simple, Input(canaryErrors: 0.2)).Aborted);
        Assert.Equal(200, RolloutSimulation.Run(simple, Input(canaryErrors: 0.005) with { CanarySlowness = 2 }).Aborted);
    }

    [Theory]
    [InlineData(0, 0.1, 0.1)]
    [InlineData(double.NaN, 0.1, 0.1)]
    [InlineData(double.PositiveInfinity, 0.1, 0.1)]
    [InlineData(1, -0.1, 0.1)]
    [InlineData(1, 0.1, 1.1)]
    [InlineData(1, double.NaN, 0.1)]
    public void Rates_that_cannot_be_are_refused(double requests, double baseline, double canary) =>
        Assert.Throws<ArgumentException>(() => RolloutSimulation.Run(Plan, new SimulationInput { RequestsPerSecond = requests, BaselineErrorRate = baseline, CanaryErrorRate = canary }));

    private static SimulationInput Input(double canaryErrors) => new() { RequestsPerSecond = 50, BaselineErrorRate = 0.005, CanaryErrorRate = canaryErrors, Runs = 200 };
}
