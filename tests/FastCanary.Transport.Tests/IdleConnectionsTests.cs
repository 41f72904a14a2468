using System.Net.Sockets;

namespace FastCanary.Transport.Tests;

/// <summary>Idle connections are watched: whatever happens on one takes it out.</summary>
public sealed class IdleConnectionsTests
{
    private const int LongMs = 600_000;

    [Fact]
    public void The_one_parked_last_is_taken_first()
    {
        using var host = new LoopHost();
        var pairs = Enumerable.Range(0, 3).Select(_ => host.Connect()).ToList();
        host.Call(() =>
        {
            var pool = new IdleConnections(8);
            foreach (var (_, connection) in pairs) pool.Park(connection, LongMs);
            Assert.Equal(3, pool.Count);
            Assert.Same(pairs[2].Connection, pool.TryTake());
            Assert.Same(pairs[1].Connection, pool.TryTake());
            pool.Park(pairs[2].Connection, LongMs);
            Assert.Same(pairs[2].Connection, pool.TryTake());
            Assert.Same(pairs[0].Connection, pool.TryTake());
            Assert.Null(pool.TryTake());
            Assert.Equal(0, pool.Count);
        });
    }

    [Fact]
    public void The_oldest_makes_room_at_the_bound()
    {
        using var host = new LoopHost();
        var pairs = Enumerable.Range(0, 3).Select(_ => host.Connect()).ToList();
        host.Call(() =>
        {
            var pool = new IdleConnections(2);
            foreach (var (_, connection) in pairs) pool.Park(connection, LongMs);
            Assert.Equal(2, pool.Count);
        });
        Assert.False(LoopHost.ReadToEnd(pairs[0].Peer).Reset);
        Assert.Equal(2, host.Call(() => host.Loop.ConnectionCount));
    }

    [Fact]
    public void A_pool_without_room_closes()
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        host.Call(() => new IdleConnections(0).Park(connection, LongMs));
        Assert.Empty(LoopHost.ReadToEnd(peer).Bytes);
    }

    [Theory]
    [InlineData("bytes")]
    [InlineData("end")]
    [InlineData("reset")]
    [InlineData("timeout")]
    public void Whatever_happens_on_a_parked_connection_closes_it(string what)
    {
        using var host = new LoopHost();
        var (first, _) = host.Connect();
        var pool = new IdleConnections(8);
        var (peer, connection) = host.Connect();
        host.Call(() => pool.Park(connection, what == "timeout" ? 50 : LongMs));
        if (what == "bytes") peer.Send("HTTP/1.1 200 OK\r\n\r\n"u8);
        if (what == "end") peer.Shutdown(SocketShutdown.Send);
        if (what == "reset") peer.LingerState = new LingerOption(enable: true, seconds: 0);
        if (what == "reset") peer.Dispose();
        LoopHost.Eventually(() => host.Call(() => pool.Count) == 0, "it is out of the pool");
        Assert.Equal(1, host.Call(() => host.Loop.ConnectionCount));
        Assert.True(first.Connected);
    }

    [Theory]
    [InlineData("bytes")]
    [InlineData("end")]
    [InlineData("cancelled")]
    [InlineData("unflushed")]
    public void A_connection_with_anything_left_does_not_stay(string what)
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        var pool = new IdleConnections(8);
        host.Run(async () =>
        {
            peer.Send("hello"u8);
            var read = await connection.Input.ReadAsync();
            if (what == "bytes") peer.Send("more"u8);
            if (what == "end") peer.Shutdown(SocketShutdown.Send);
            if (what == "cancelled") connection.Input.CancelPendingRead();
            if (what == "unflushed") connection.Output.Advance(connection.Output.GetSpan(1).Length > 0 ? 1 : 0);
            connection.Input.AdvanceTo(read.Buffer.GetPosition(what == "bytes" ? 4 : 5));
            pool.Park(connection, LongMs);
            // The peer's end may not have been seen by then; anything else is known.
            if (what != "end") Assert.Equal(0, pool.Count);
            return 0;
        });
        LoopHost.Eventually(() => host.Call(() => pool.Count + host.Loop.ConnectionCount) == 0, "it is closed");
    }

    [Fact]
    public void A_taken_connection_has_no_deadline_left()
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        var pool = new IdleConnections(8);
        var read = host.Begin(async () =>
        {
            pool.Park(connection, 50);
            pool.TryTake();
            return await connection.Input.ReadAsync();
        });
        Thread.Sleep(150);
        peer.Send("still here"u8);
        Assert.False(read.Get().IsCanceled);
    }

    [Fact]
    public void Closing_all_empties_the_pool()
    {
        using var host = new LoopHost();
        var pool = new IdleConnections(8);
        var pairs = Enumerable.Range(0, 3).Select(_ => host.Connect()).ToList();
        host.Call(() =>
        {
            foreach (var (_, connection) in pairs) pool.Park(connection, LongMs);
            pool.CloseAll();
            Assert.Equal(0, pool.Count);
        });
        foreach (var (peer, _) in pairs) Assert.False(LoopHost.ReadToEnd(peer).Reset);
    }
}
