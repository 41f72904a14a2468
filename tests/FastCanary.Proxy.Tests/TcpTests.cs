namespace FastCanary.Proxy.Tests;

/// <summary>Listeners with <c>protocol: tcp</c>: bytes, and the split per connection.</summary>
public sealed class TcpTests
{
    private static readonly WorldOptions TcpOptions = new() { Protocol = "tcp" };

    [Theory]
    [InlineData(Cut.Whole)]
    [InlineData(Cut.Random)]
    public void Bytes_pass_both_ways(Cut cut)
    {
        using var origin = new Origin(connection =>
        {
            connection.Wire.Cut = cut;
            while (connection.Wire.Read(1000) is { Length: > 0 } bytes) connection.Wire.Send(bytes);
        });
        using var world = new World(TcpOptions, origin);
        var client = world.Connect(cut);
        var bytes = new byte[1000];
        for (var i = 0; i < 100; i++)
        {
            new Random(i).NextBytes(bytes);
            client.Send(bytes);
            Assert.Equal(bytes, client.Read(bytes.Length));
        }

        client.Finish();
        Assert.Empty(client.ReadToEnd());
        Assert.Equal(EndKind.Closed, client.End);
    }

    [Fact]
    public void An_origin_may_speak_first_and_a_half_close_passes()
    {
        using var origin = new Origin(connection =>
        {
            connection.Wire.Send("220 ready\r\n");
            var all = connection.Wire.ReadToEnd();
            connection.Wire.Send(new string('x', all.Length));
        });
        using var world = new World(TcpOptions, origin);
        for (var i = 0; i < 10; i++)
        {
            var client = world.Connect();
            Assert.Equal("220 ready\r\n", client.ReadThrough("\r\n"));
            client.Send(new byte[700_000]);
            client.Finish();
            Assert.Equal(700_000, client.ReadToEnd().Length);
            Assert.Equal(EndKind.Closed, client.End);
        }
    }

    [Fact]
    public void An_upstream_that_refuses_resets_the_client()
    {
        using var origin = Origin.Echo();
        using var world = new World(TcpOptions with { DeadUpstream = World.NextPort() }, origin);
        Assert.Equal(EndKind.Reset, world.Connect().ReadEnd());
        World.Eventually(() => world.Plane.Count(ExchangeOutcome.ConnectFailed) == 1, "counted");
    }

    [Fact]
    public void A_silent_connection_ends_after_its_idle_time()
    {
        using var origin = new Origin(connection => connection.Wire.ReadEnd());
        using var world = new World(TcpOptions with { ServiceTimeouts = "{ tunnel: 300ms }" }, origin);
        Assert.NotEqual(EndKind.Open, world.Connect().ReadEnd());
    }

    [Fact]
    public void The_split_is_exact_per_connection()
    {
        using var zero = new Origin(connection => connection.Wire.Send("0"));
        using var one = new Origin(connection => connection.Wire.Send("1"));
        using var world = new World(TcpOptions with { Weights = [10, 5] }, zero, one);
        var order = string.Concat(Enumerable.Range(0, 30).Select(_ =>
        {
            using var client = Wire.Connect(world.Port);
            return client.ReadText(1);
        }));
        Assert.Equal(string.Concat(Enumerable.Repeat("010", 10)), order);
    }
}
