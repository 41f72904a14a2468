using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

public class ServiceModelTests
{
    [Fact]
    public void Versions_take_turns_by_their_weights_and_endpoints_within_their_version()
    {
        ServiceModel service = Models.Service(
            new StateTable(), "search", ("stable", 10, [("127.0.0.1:1", 1)]), ("canary", 5, [("127.0.0.1:2", 1), ("127.0.0.1:3", 2)]));
        var picks = new List<string>();
        for (int i = 0; i < 9; i++)
            picks.Add(service.PickVersion().PickEndpoint(0)!.Name[^1..]);
        Assert.Equal("131121131", string.Concat(picks));
    }

    [Fact]
    public void A_split_carries_on_where_the_last_snapshot_left_it()
    {
        var states = new StateTable();
        ServiceModel before = Models.Service(states, "search", ("a", 5, [("127.0.0.1:1", 1)]), ("b", 1, [("127.0.0.1:2", 1)]), ("c", 1, [("127.0.0.1:3", 1)]));
        string order = string.Concat(Enumerable.Range(0, 3).Select(_ => before.PickVersion().Name));
        ServiceModel after = Models.Service(states, "search", ("a", 5, [("127.0.0.1:1", 1)]), ("b", 1, [("127.0.0.1:2", 1)]), ("c", 1, [("127.0.0.1:3", 1)]));
        order += string.Concat(Enumerable.Range(0, 4).Select(_ => after.PickVersion().Name));
        Assert.Equal("aabacaa", order);
    }

    [Fact]
    public void A_version_of_weight_zero_gets_nothing_and_a_lone_version_leaves_the_counter_alone()
    {
        ServiceModel service = Models.Service(new StateTable(), "s", ("a", 0, [("127.0.0.1:1", 1)]), ("b", 3, [("127.0.0.1:2", 1)]));
        for (int i = 0; i < 5; i++)
            Assert.Equal("b", service.PickVersion().Name);
        Assert.Equal(0UL, service.State.Counter.Position);
    }

    [Fact]
    public void A_service_whose_weights_are_all_zero_cannot_be_made() =>
        Assert.Throws<ArgumentException>(() => Models.Service(new StateTable(), "s", ("a", 0, [("127.0.0.1:1", 1)])));

    [Fact]
    public void Picking_a_version_and_its_endpoint_allocates_nothing()
    {
        ServiceModel service = Models.Service(new StateTable(), "s", ("a", 2, [("127.0.0.1:1", 1), ("127.0.0.1:2", 1)]), ("b", 1, [("127.0.0.1:3", 1)]));
        for (int i = 0; i < 3; i++)
            service.PickVersion().PickEndpoint(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            service.PickVersion().PickEndpoint(0);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
