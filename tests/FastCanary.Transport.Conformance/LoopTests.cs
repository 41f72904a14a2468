namespace FastCanary.Transport.Conformance;

/// <summary>The loop itself, with a thread of its own.</summary>
public sealed class LoopTests
{
    public static TheoryData<string> Real => Transports.Real;

    [Theory]
    [MemberData(nameof(Real))]
    public void Everything_posted_from_any_thread_runs_once_and_in_each_threads_order(string transport)
    {
        using var under = Transports.Create(transport);
        var seen = new List<(int Thread, int Number)>();
        var threads = Enumerable.Range(0, 8).Select(index => new Thread(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                var number = i;
                under.Loop.Post(() => seen.Add((index, number)));
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        under.Until(() => seen.Count == 40_000);
        foreach (var one in seen.GroupBy(entry => entry.Thread)) Assert.Equal(Enumerable.Range(0, 5000), one.Select(entry => entry.Number));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Work_posted_from_the_loop_itself_does_not_wait_for_an_event(string transport)
    {
        using var under = Transports.Create(transport);
        using var done = new ManualResetEventSlim();
        under.Loop.Post(() => under.Loop.Post(() => under.Loop.Post(done.Set)));
        Assert.True(done.Wait(RealTransportUnderTest.PatienceMs));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void A_call_returns_its_result_or_its_exception(string transport)
    {
        using var under = Transports.Create(transport);
        Assert.True(under.Loop.Call(() => under.Loop.IsCurrent));
        Assert.False(under.Loop.IsCurrent);
        Assert.Throws<FormatException>(() => under.Loop.Call(() => int.Parse("x")));
        Assert.Equal(1, under.Loop.Call(() => 1));
    }

    /// <summary>A connection is closed while an event of it is on its way, and another one takes its slot: the event must not reach that.</summary>
    [Theory]
    [MemberData(nameof(Real))]
    public void A_stale_event_does_not_reach_the_connection_that_took_the_slot(string transport)
    {
        using var under = Transports.CreateReal(transport);
        for (var i = 0; i < 20; i++)
        {
            var (peer, second) = under.Accepted();
            var third = under.Call(() =>
            {
                // The loop does not look while this runs: here the event lies.
                peer.Close();
                if (under.Loop is Sockets.SocketsLoop sockets) SpinWait.SpinUntil(() => sockets.PendingEvents > 0, RealTransportUnderTest.PatienceMs);
                var slot = second.Slot;
                second.Close();
                var made = under.Loop.Connect(under.TargetAddress);
                Assert.Equal(slot, made.Slot);
                return made;
            });
            Assert.False(under.Run(async () => await third.Output.WriteAsync("hello"u8.ToArray())).IsCompleted);
            Assert.False(under.Call(() => third.PeerFinished || third.PeerGone));
            under.Call(third.Close);
        }
    }

    /// <summary>Whoever is accepted in the same batch must not be given a parked connection on which something has happened.</summary>
    [Fact]
    public void What_happened_on_a_parked_connection_is_known_before_anybody_new_may_take_it()
    {
        // Of epoll alone: .NET's threads tell what they have seen in no order.
        using var under = Transports.CreateReal("epoll");
        var pool = new IdleConnections(8);
        Connection? taken = null;
        for (var i = 0; i < 50; i++)
        {
            under.OnAccepted = null;
            var (origin, upstream) = under.Accepted();
            under.Call(() => pool.Park(upstream, 600_000));
            under.OnAccepted = _ => taken = pool.TryTake();
            under.Call(() =>
            {
                // In this order the listener's event is the first of the batch.
                under.ConnectPeer();
                origin.Send("stray"u8);
            });
            under.TakeAccepted();
            Assert.Null(under.Call(() => taken));
        }
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Connections_that_come_and_go_leave_nothing(string transport)
    {
        using var under = Transports.CreateReal(transport);
        under.OnAccepted = connection => _ = EchoAsync(connection);
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using var peer = under.ConnectPeer();
            var token = BitConverter.GetBytes(i);
            if (i % 3 == 0)
            {
                if (i % 5 == 0) peer.Reset();
                return;
            }

            peer.Send(token);
            if (i % 5 == 0) peer.Reset();
            else Assert.Equal(token, peer.ReceiveToEnd());
        });
        // The last ones may still be in the backlog.
        for (var i = 0; i < 400; i++) under.TakeAccepted();
        under.Until(() => under.Loop.ConnectionCount == 0);
        Assert.Equal(0, under.Call(() => under.Loop.BlocksRented));
        Assert.Equal(0, under.Limit.Open);
        Assert.Equal(0, under.Call(() => under.Listener.Connections));

        static async Task EchoAsync(Connection connection)
        {
            await connection.Input.ReceiveAsync();
            if (connection.Input.BufferedLength > 0) await connection.Output.WriteAsync(connection.Input.Buffered.ToArray());
            connection.Input.Advance(connection.Input.BufferedLength);
            connection.Close();
        }
    }
}
