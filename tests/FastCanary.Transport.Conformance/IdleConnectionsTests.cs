namespace FastCanary.Transport.Conformance;

/// <summary>Idle connections are watched: whatever happens on one takes it out.</summary>
public sealed class IdleConnectionsTests
{
    private const int LongMs = 600_000;

    public static TheoryData<string> All => Transports.All;

    public static TheoryData<string, string> AllWithEvents => Each(["bytes", "end", "reset", "timeout"]);

    public static TheoryData<string, string> AllWithLeftovers => Each(["bytes", "cancelled", "unflushed"]);

    [Theory]
    [MemberData(nameof(All))]
    public void The_one_parked_last_is_taken_first(string transport)
    {
        using var under = Transports.Create(transport);
        var pairs = Enumerable.Range(0, 3).Select(_ => under.Connected()).ToList();
        under.Call(() =>
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

    [Theory]
    [MemberData(nameof(All))]
    public void The_oldest_makes_room_at_the_bound(string transport)
    {
        using var under = Transports.Create(transport);
        var pairs = Enumerable.Range(0, 3).Select(_ => under.Connected()).ToList();
        under.Call(() =>
        {
            var pool = new IdleConnections(2);
            foreach (var (_, connection) in pairs) pool.Park(connection, LongMs);
            Assert.Equal(2, pool.Count);
        });
        Assert.Empty(pairs[0].Peer.ReceiveToEnd());
        Assert.False(pairs[0].Peer.IsReset);
        Assert.Equal(2, under.Call(() => under.Loop.ConnectionCount));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_pool_without_room_closes(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Connected();
        under.Call(() => new IdleConnections(0).Park(connection, LongMs));
        Assert.Empty(peer.ReceiveToEnd());
    }

    [Theory]
    [MemberData(nameof(AllWithEvents))]
    public void Whatever_happens_on_a_parked_connection_closes_it(string transport, string what)
    {
        using var under = Transports.Create(transport);
        var (_, other) = under.Connected();
        var pool = new IdleConnections(8);
        var (peer, connection) = under.Connected();
        under.Call(() => pool.Park(other, LongMs));
        under.Call(() => pool.Park(connection, what == "timeout" ? 50 : LongMs));
        if (what == "bytes") peer.Send("HTTP/1.1 200 OK\r\n\r\n"u8);
        if (what == "end") peer.ShutdownSend();
        if (what == "reset") peer.Reset();
        under.Until(() => pool.Count == 1);
        Assert.Equal(1, under.Call(() => under.Loop.ConnectionCount));
        Assert.Same(other, under.Call(pool.TryTake));
    }

    /// <summary>As they are in use: parked after an exchange, taken, used, parked again.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void A_connection_that_was_used_again_is_watched_again(string transport)
    {
        using var under = Transports.Create(transport);
        var pool = new IdleConnections(8);
        var (peer, connection) = under.Connected();
        for (var i = 0; i < 20; i++)
        {
            var answered = under.Begin(async () =>
            {
                await connection.Output.WriteAsync("question"u8.ToArray());
                Assert.False((await connection.Input.ReceiveAsync()).IsCompleted);
                var length = connection.Input.BufferedLength;
                connection.Input.Advance(length);
                pool.Park(connection, LongMs);
                return length;
            });
            Assert.Equal("question"u8, peer.Receive(8));
            peer.Send("!"u8);
            Assert.Equal(1, answered.Get());
            if (i < 19) Assert.Same(connection, under.Call(pool.TryTake));
        }

        peer.Close();
        under.Until(() => pool.Count == 0);
    }

    [Theory]
    [MemberData(nameof(AllWithLeftovers))]
    public void A_connection_with_anything_left_does_not_stay(string transport, string what)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Connected();
        var pool = new IdleConnections(8);
        peer.Send("hello"u8);
        under.Run(async () =>
        {
            while (connection.Input.BufferedLength < 5)
            {
                await connection.Input.ReceiveAsync();
                connection.Input.AdvanceExamined(0);
            }

            if (what == "cancelled") connection.Input.CancelPendingRead();
            if (what == "unflushed") connection.Output.Advance(connection.Output.GetSpan(1).Length > 0 ? 1 : 0);
            connection.Input.Advance(what == "bytes" ? 4 : 5);
            pool.Park(connection, LongMs);
            Assert.Equal(0, pool.Count);
            return 0;
        });
        Assert.Equal(0, under.Call(() => under.Loop.ConnectionCount));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_connection_whose_peer_has_ended_does_not_stay(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Connected();
        var pool = new IdleConnections(8);
        peer.ShutdownSend();
        under.Call(() => pool.Park(connection, LongMs));
        // Its end may not have been seen by then.
        under.Until(() => pool.Count + under.Loop.ConnectionCount == 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_taken_connection_has_no_deadline_left(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Connected();
        var (_, witness) = under.Connected();
        var pool = new IdleConnections(8);
        var read = under.Begin(async () =>
        {
            pool.Park(connection, 50);
            pool.TryTake();
            return await connection.Input.ReceiveAsync();
        });
        under.Run(async () =>
        {
            witness.SetDeadline(150);
            return await witness.Input.ReceiveAsync();
        });
        Assert.False(read.IsCompleted);
        peer.Send("still here"u8);
        Assert.False(read.Get().IsCanceled);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Closing_all_empties_the_pool(string transport)
    {
        using var under = Transports.Create(transport);
        var pool = new IdleConnections(8);
        var pairs = Enumerable.Range(0, 3).Select(_ => under.Connected()).ToList();
        under.Call(() =>
        {
            foreach (var (_, connection) in pairs) pool.Park(connection, LongMs);
            pool.CloseAll();
            Assert.Equal(0, pool.Count);
        });
        foreach (var (peer, _) in pairs)
        {
            Assert.Empty(peer.ReceiveToEnd());
            Assert.False(peer.IsReset);
        }
    }

    private static TheoryData<string, string> Each(string[] cases)
    {
        var each = new TheoryData<string, string>();
        foreach (var transport in Transports.All)
        {
            foreach (var one in cases) each.Add(transport.Data, one);
        }

        return each;
    }
}
