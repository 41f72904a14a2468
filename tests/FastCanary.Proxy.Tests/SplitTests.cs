using System.Collections.Concurrent;

namespace FastCanary.Proxy.Tests;

/// <summary>The split as clients see it: exact, over all loops.</summary>
public sealed class SplitTests
{
    [Theory]
    [InlineData(10, 5)]
    [InlineData(7, 93)]
    public void Fifty_parallel_clients_on_two_loops_get_exact_counts(int first, int second)
    {
        using var zero = Origin.Echo();
        using var one = Origin.Echo();
        using var world = new World(new WorldOptions { Loops = 2, Weights = [first, second], ExposeVersion = true }, zero, one);
        var counts = new ConcurrentDictionary<string, int>();
        var clients = Enumerable.Range(0, 50).Select(_ => new Thread(() =>
        {
            using var client = Wire.Connect(world.Port);
            for (var i = 0; i < 60; i++)
            {
                client.Send(World.Get());
                counts.AddOrUpdate(Message.ReadResponse(client)!["X-Canary-Version"]!, 1, (_, count) => count + 1);
            }
        })).ToList();
        clients.ForEach(client => client.Start());
        clients.ForEach(client => client.Join());
        var total = first + second;
        Assert.Equal(3000 * first / total, counts["v0"]);
        Assert.Equal(3000 * second / total, counts["v1"]);
        Assert.Equal(counts["v0"], zero.Requests.Count);
        Assert.Equal(counts["v1"], one.Requests.Count);
    }

    [Fact]
    public void A_reload_changes_the_weights_without_disturbing_a_request()
    {
        using var zero = Origin.Echo();
        using var one = Origin.Echo();
        using var world = new World(new WorldOptions { Weights = [1, 0], ExposeVersion = true }, zero, one);
        var client = world.Connect();
        for (var i = 0; i < 20; i++)
        {
            world.Apply(new WorldOptions { Weights = i % 2 == 0 ? [1, 0] : [0, 1], ExposeVersion = true });
            client.Send(World.Get());
            Assert.Equal($"v{i % 2}", Message.ReadResponse(client)!["X-Canary-Version"]);
        }
    }
}
