using System.Net;

namespace FastCanary.Traffic.Tests.Endpoints;

public sealed class EndpointChoiceTests
{
    private const long Now = 1_000_000;

    private static readonly OutlierModel Outlier = new() { ConsecutiveFailures = 3, EjectMs = 1000, EjectedMaxBasisPoints = 5000, Counted = OutlierFailures.All };

    [Fact]
    public void While_all_are_well_the_turns_are_nginxs()
    {
        VersionModel version = Version(0, ("a", 2), ("b", 1));
        Assert.Equal("abaabaaba", Turns(version, 9, Now));
    }

    [Fact]
    public void An_ejected_endpoints_share_is_spread_by_the_weights_of_the_others()
    {
        VersionModel version = Version(0, ("a", 1), ("b", 2), ("c", 1));
        Eject(version, 0, Now);
        string turns = Turns(version, 300, Now);
        Assert.Equal((0, 200, 100), (turns.Count(turn => turn == 'a'), turns.Count(turn => turn == 'b'), turns.Count(turn => turn == 'c')));
    }

    [Fact]
    public void An_endpoint_comes_back_when_its_time_is_up()
    {
        VersionModel version = Version(0, ("a", 1), ("b", 1));
        Eject(version, 0, Now);
        Assert.Equal("bbbb", Turns(version, 4, Now + 999));
        Assert.Equal(2, Turns(version, 4, Now + 1000).Count(turn => turn == 'a'));
    }

    [Fact]
    public void The_only_endpoint_is_ejected_too()
    {
        VersionModel version = Version(0, ("a", 1));
        Eject(version, 0, Now);
        Assert.Null(version.PickEndpoint(Now + 999));
        Assert.Equal(0, version.CountAvailable(Now + 999));
        Assert.Equal("a", version.PickAnyEndpoint().Name[..1]);
        Assert.Equal("a", version.PickEndpoint(Now + 1000)!.Name[..1]);
    }

    [Fact]
    public void An_endpoint_of_no_weight_never_stands_in()
    {
        VersionModel version = Version(0, ("a", 1), ("b", 0));
        Eject(version, 0, Now);
        Assert.Null(version.PickEndpoint(Now));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(7_999, 8)]
    [InlineData(8_000, 9)]
    [InlineData(15_999, 16)]
    [InlineData(16_000, 16)]
    public void A_slow_start_goes_up_in_sixteenths(int sinceMs, int sixteenths)
    {
        VersionModel version = Version(16_000, ("a", 1), ("b", 1));
        Eject(version, 0, Now - 1000);
        const int Cycles = 50;
        string turns = Turns(version, Cycles * (16 + sixteenths), Now + sinceMs);
        Assert.Equal(Cycles * sixteenths, turns.Count(turn => turn == 'a'));
    }

    [Fact]
    public void A_slow_start_goes_on_by_itself()
    {
        VersionModel version = Version(1600, ("a", 1), ("b", 1));
        Eject(version, 0, Now - 1000);
        int[] shares = [.. Enumerable.Range(0, 17).Select(step => Turns(version, 3200, Now + (step * 100)).Count(turn => turn == 'a'))];
        Assert.Equal(shares.Order(), shares);
        Assert.Equal(1600, shares[^1]);
        Assert.True(shares[0] < 200, $"{shares[0]} of 3200 at the beginning");
    }

    [Fact]
    public void Large_weights_start_slowly_too()
    {
        VersionModel version = Version(16_000, ("a", 60_000), ("b", 60_000));
        Eject(version, 0, Now - 1000);
        int first = Turns(version, 17_000, Now).Count(turn => turn == 'a');
        Assert.InRange(first, 990, 1010);
    }

    [Fact]
    public void An_endpoint_that_was_never_away_does_not_start_slowly()
    {
        VersionModel version = Version(60_000, ("a", 1), ("b", 1));
        Assert.Equal(50, Turns(version, 100, Now).Count(turn => turn == 'a'));
    }

    [Fact]
    public void An_endpoint_that_is_down_is_not_chosen()
    {
        VersionModel version = Version(0, ("a", 1), ("b", 1));
        Turns(version, 4, Now);
        version.Endpoints[0].State.SetDown(true);
        Assert.True(version.Endpoints[0].State.IsDown);
        Assert.Equal("bbbb", Turns(version, 4, Now));
        Assert.Equal(1, version.CountAvailable(Now));
        version.Endpoints[1].State.SetDown(true);
        Assert.Null(version.PickEndpoint(Now));
        Assert.Equal("ab", string.Concat(Enumerable.Range(0, 2).Select(_ => version.PickAnyEndpoint().Name[..1]).Order()));
        version.Endpoints[0].State.SetDown(false);
        Assert.Equal("aaaa", Turns(version, 4, Now));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(7_999, 8)]
    [InlineData(8_000, 9)]
    [InlineData(16_000, 16)]
    public void An_endpoint_that_comes_up_starts_slowly_from_when_that_is_seen(int sinceMs, int sixteenths)
    {
        VersionModel version = Version(16_000, ("a", 1), ("b", 1));
        version.Endpoints[0].State.SetDown(true);
        Turns(version, 4, Now - 60_000);
        version.Endpoints[0].State.SetDown(false);
        Turns(version, 1, Now);
        // The counter is where it is: whole cycles count, wherever they begin.
        const int Cycles = 50;
        string turns = Turns(version, Cycles * (16 + sixteenths), Now + sinceMs);
        Assert.Equal(Cycles * sixteenths, turns.Count(turn => turn == 'a'));
    }

    [Fact]
    public void What_is_said_again_changes_nothing()
    {
        VersionModel version = Version(16_000, ("a", 1), ("b", 1));
        version.Endpoints[0].State.SetDown(false);
        Assert.Equal(50, Turns(version, 100, Now).Count(turn => turn == 'a'));
    }

    [Fact]
    public void An_endpoint_that_is_up_again_may_still_be_ejected()
    {
        VersionModel version = Version(0, ("a", 1), ("b", 1));
        Eject(version, 0, Now);
        version.Endpoints[0].State.SetDown(true);
        version.Endpoints[0].State.SetDown(false);
        Assert.Equal("bbbb", Turns(version, 4, Now + 999));
        Assert.Equal(2, Turns(version, 4, Now + 1000).Count(turn => turn == 'a'));
    }

    [Fact]
    public void A_loop_whose_clock_is_behind_sees_the_beginning_of_the_slow_start()
    {
        VersionModel version = Version(0, ("a", 1), ("b", 1));
        version.Endpoints[0].State.SetDown(true);
        version.Endpoints[0].State.SetDown(false);
        Turns(version, 1, Now);
        version.Endpoints[1].State.SetDown(true);
        Assert.Equal("aa", Turns(version, 2, Now - 50));
    }

    [Fact]
    public void What_was_tried_is_passed_over()
    {
        VersionModel version = Version(0, ("a", 1), ("b", 1), ("c", 1));
        ulong tried = version.TriedBit(version.Endpoints[0]) | version.TriedBit(version.Endpoints[2]);
        for (int i = 0; i < 9; i++)
            Assert.Equal("b", version.PickUntriedEndpoint(Now, tried)!.Name[..1]);
    }

    [Fact]
    public void Where_all_were_tried_it_is_whose_turn_it_is()
    {
        VersionModel version = Version(0, ("a", 1), ("b", 1));
        Assert.NotNull(version.PickUntriedEndpoint(Now, ulong.MaxValue));
    }

    [Fact]
    public void Connections_are_taken_where_there_are_any()
    {
        VersionModel version = Limited(("a", 2), ("b", 1));
        EndpointModel?[] taken = [.. Enumerable.Range(0, 4).Select(_ => version.TryTakeConnection(Now, 0))];
        Assert.Equal(2, taken.Count(endpoint => endpoint == version.Endpoints[0]));
        Assert.Equal(1, taken.Count(endpoint => endpoint == version.Endpoints[1]));
        Assert.Null(taken[3]);
        version.Endpoints[0].State.GiveConnection();
        Assert.Equal(version.Endpoints[0], version.TryTakeConnection(Now, 0));
    }

    [Fact]
    public void Whatever_the_endpoints_state_their_bounds_hold()
    {
        VersionModel version = Limited(("a", 1), ("b", 1));
        EndpointModel?[] taken = [.. Enumerable.Range(0, 3).Select(_ => version.TryTakeAnyConnection())];
        Assert.Equal(2, taken.OfType<EndpointModel>().Distinct().Count());
        Assert.Null(taken[2]);
    }

    [Fact]
    public void Many_threads_never_take_more_than_there_are()
    {
        VersionModel version = Limited(("a", 3));
        EndpointState state = version.Endpoints[0].State;
        int most = 0;
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                if (version.TryTakeConnection(Now, 0) is null) continue;
                int now = state.Connections;
                for (int seen = most; now > seen; seen = most) Interlocked.CompareExchange(ref most, now, seen);
                state.GiveConnection();
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.InRange(most, 1, 3);
        Assert.Equal(0, state.Connections);
    }

    [Fact]
    public void Picking_allocates_nothing()
    {
        VersionModel version = Version(0, ("a", 2), ("b", 1));
        Eject(version, 0, Now);
        version.PickEndpoint(Now);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            version.PickEndpoint(Now);
            version.PickUntriedEndpoint(Now, 1);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    internal static VersionModel Version(int slowStartMs, params (string Name, int Weight)[] endpoints) =>
        Version(slowStartMs, [.. endpoints.Select(endpoint => (endpoint.Name, endpoint.Weight, 0))]);

    internal static void Eject(VersionModel version, int endpoint, long nowMs)
    {
        bool ejected = false;
        for (int i = 0; i < Outlier.ConsecutiveFailures; i++) ejected = OutlierDetection.OnFailure(Outlier, version, version.Endpoints[endpoint], nowMs);
        Assert.True(ejected);
    }

    private static VersionModel Limited(params (string Name, int ConnectionsMax)[] endpoints) =>
        Version(0, [.. endpoints.Select(endpoint => (endpoint.Name, 1, endpoint.ConnectionsMax))]);

    private static VersionModel Version(int slowStartMs, (string Name, int Weight, int ConnectionsMax)[] endpoints)
    {
        var states = new StateTable();
        return new VersionModel
        {
            Name = "v",
            Index = 0,
            Weight = 1,
            SlowStartMs = slowStartMs,
            State = states.Version("s", "v"),
            Endpoints = [.. endpoints.Select(endpoint => new EndpointModel
            {
                Name = endpoint.Name + ":80",
                Address = new IPEndPoint(IPAddress.Loopback, 80),
                Weight = endpoint.Weight,
                ConnectionsMax = endpoint.ConnectionsMax,
                State = states.Endpoint("s", "v", endpoint.Name),
            })],
        };
    }

    private static string Turns(VersionModel version, int count, long nowMs) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => version.PickEndpoint(nowMs)!.Name[..1]));
}
