namespace FastCanary.Simulation.Tests.Releases;

/// <summary>The default plan over the simulated transport, half an hour in seconds. Nothing but the seed decides how a run goes.</summary>
public sealed class ReleaseTests
{
    private const int HalfAnHour = 1800;
    private const int RequestsASecond = 50;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_canary_that_is_no_worse_is_promoted_and_never_aborted(int seed)
    {
        using var world = new ReleaseWorld(seed);
        (world.Stable.FailuresPerMille, world.Canary.FailuresPerMille) = (10, 10);
        world.Start();
        var splits = new List<(int, int)> { world.Split };
        for (var second = 0; second < HalfAnHour; second++)
        {
            world.Second(RequestsASecond);
            if (world.Split != splits[^1]) splits.Add(world.Split);
        }

        Assert.Equal([(99, 1), (19, 1), (3, 1), (1, 1), (1, 99)], splits.Take(5));
        Assert.Equal("Promoted", world.Rollout.Phase);
        Assert.Equal(HalfAnHour * RequestsASecond, world.Clients.Asked);
        Assert.InRange(world.Clients.Answered, world.Clients.Asked - 20, world.Clients.Asked);
        Assert.InRange(world.Stable.Requests + world.Canary.Requests, world.Clients.Asked - 20, world.Clients.Asked);
        Assert.InRange(world.Clients.Failed, 1, world.Stable.Failures + world.Canary.Failures);
    }

    [Fact]
    public void A_canary_that_begins_to_fail_is_aborted_and_gets_nothing_from_then_on()
    {
        var hurt = Abort(seed: 4, world => world.Canary.FailuresPerMille = 200, "errors: ");
        Assert.InRange(hurt, 1, 20);
    }

    [Fact]
    public void A_canary_that_becomes_half_as_slow_again_is_aborted_and_gets_nothing_from_then_on() =>
        Abort(seed: 5, static world => world.Canary.Slowness = 1.5, "latency: ");

    [Fact]
    public void A_seed_is_always_the_same_rollout()
    {
        Assert.Equal(Reason(), Reason());

        static string Reason()
        {
            using var world = new ReleaseWorld(6);
            world.Canary.FailuresPerMille = 100;
            world.Start();
            for (var second = 0; second < HalfAnHour && world.Rollout.Phase != "Aborted"; second++) world.Second(RequestsASecond);
            return $"{world.Rollout.Phase}: {world.Rollout.Reason}";
        }
    }

    /// <returns>Requests of the canary's that failed.</returns>
    private static int Abort(int seed, Action<ReleaseWorld> harm, string reason)
    {
        using var world = new ReleaseWorld(seed);
        world.Start();
        // Well until it has a quarter of the requests.
        while (world.Split != (3, 1)) world.Second(RequestsASecond);
        harm(world);
        for (var second = 0; second < HalfAnHour && world.Rollout.Phase != "Aborted"; second++) world.Second(RequestsASecond);
        Assert.Equal("Aborted", world.Rollout.Phase);
        Assert.StartsWith(reason, world.Rollout.Reason, StringComparison.Ordinal);
        Assert.Equal((1, 0), world.Split);
        // What was sent to it before is on its way for some microseconds.
        var before = world.Canary.Requests;
        for (var second = 0; second < 60; second++) world.Second(RequestsASecond);
        Assert.InRange(world.Canary.Requests, before, before + 1);
        return world.Canary.Failures;
    }
}
