namespace FastCanary.Transport.Conformance;

/// <summary>Waits on a loop that are no connection's: for a turn, or for a time.</summary>
public sealed class LoopWaitTests
{
    private const int LongMs = 600_000;

    public static TheoryData<string> All => Transports.All;

    public static TheoryData<string> Real => Transports.Real;

    [Theory]
    [MemberData(nameof(All))]
    public void A_signal_ends_a_wait(string transport)
    {
        using var under = Transports.Create(transport);
        var wait = Begin(under, LongMs, out var waiting);
        Assert.False(waiting.IsCompleted);
        Assert.False(under.Call(() => wait.IsCompleted));
        under.Call(wait.Signal);
        Assert.Equal(LoopWaitResult.Signalled, waiting.Get());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Its_time_ends_it_and_not_before(string transport)
    {
        using var under = Transports.Create(transport);
        under.Run(async () =>
        {
            var wait = new LoopWait(under.Loop);
            var before = under.Loop.NowMs;
            wait.Begin(50);
            Assert.Equal(LoopWaitResult.TimedOut, await wait);
            Assert.InRange(under.Loop.NowMs - before, 50, RealTransportUnderTest.PatienceMs);
            return 0;
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_ended_it_first_is_how_it_ended(string transport)
    {
        using var under = Transports.Create(transport);
        var resumed = 0;
        var wait = under.Call(() => new LoopWait(under.Loop));
        var waiting = under.Begin(async () =>
        {
            wait.Begin(LongMs);
            var result = await wait;
            resumed++;
            return result;
        });
        under.Call(() =>
        {
            wait.Signal();
            wait.Signal();
            wait.OnHangup();
        });
        Assert.Equal(LoopWaitResult.Signalled, waiting.Get());
        under.Call(wait.OnHangup);
        Assert.Equal(LoopWaitResult.Signalled, under.Call(wait.GetResult));
        Assert.Equal(1, under.Call(() => resumed));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Who_is_signalled_before_it_waits_does_not_wait(string transport)
    {
        using var under = Transports.Create(transport);
        Assert.Equal(LoopWaitResult.Signalled, under.Run(async () =>
        {
            var wait = new LoopWait(under.Loop);
            wait.Begin(LongMs);
            wait.Signal();
            Assert.True(wait.IsCompleted);
            return await wait;
        }));
    }

    /// <summary>Nobody had to be woken from the first wait; that it has ended must not wake anybody from the second.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void A_wait_that_begins_where_one_has_just_ended_waits_for_its_own_end(string transport)
    {
        using var under = Transports.Create(transport);
        var wait = under.Call(() => new LoopWait(under.Loop));
        var waiting = under.Begin(async () =>
        {
            wait.Begin(LongMs);
            wait.Signal();
            Assert.Equal(LoopWaitResult.Signalled, await wait);
            wait.Begin(LongMs);
            return await wait;
        });
        under.Call(static () => 0);
        under.Call(static () => 0);
        Assert.False(waiting.IsCompleted);
        under.Call(wait.OnHangup);
        Assert.Equal(LoopWaitResult.Cancelled, waiting.Get());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_wait_is_used_again_and_an_old_deadline_does_not_end_the_new_one(string transport)
    {
        using var under = Transports.Create(transport);
        under.Run(async () =>
        {
            var wait = new LoopWait(under.Loop);
            for (var i = 0; i < 5; i++)
            {
                wait.Begin(30);
                wait.Signal();
                Assert.Equal(LoopWaitResult.Signalled, await wait);
                wait.Begin(60);
                var before = under.Loop.NowMs;
                Assert.Equal(LoopWaitResult.TimedOut, await wait);
                Assert.InRange(under.Loop.NowMs - before, 60, RealTransportUnderTest.PatienceMs);
            }

            return 0;
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_end_of_the_connection_on_whose_behalf_it_waits_ends_it(string transport)
    {
        foreach (var reset in (bool[])[false, true])
        {
            using var under = Transports.Create(transport);
            var (peer, connection) = under.Accepted();
            var wait = under.Call(() => new LoopWait(under.Loop));
            var waiting = under.Begin(async () =>
            {
                wait.Begin(LongMs);
                connection.CancelOnHangup = wait;
                return await wait;
            });
            // Bytes are no end. On .NET's sockets an end that lies behind unread bytes is not seen before they are read.
            if (transport != "sockets") peer.Send("x"u8);
            under.Call(static () => 0);
            Assert.False(waiting.IsCompleted);
            if (reset) peer.Reset();
            else peer.Close();
            Assert.Equal(LoopWaitResult.Cancelled, waiting.Get());
            Assert.Equal(reset, under.Call(() => connection.PeerGone));
            Assert.Null(under.Call(() => connection.CancelOnHangup));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void So_does_its_deadline(string transport)
    {
        using var under = Transports.Create(transport);
        var (_, connection) = under.Accepted();
        Assert.Equal(LoopWaitResult.Cancelled, under.Run(async () =>
        {
            var wait = new LoopWait(under.Loop);
            wait.Begin(LongMs);
            connection.CancelOnHangup = wait;
            connection.SetDeadline(50);
            var result = await wait;
            Assert.True(connection.DeadlinePassed);
            return result;
        }));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Of_many_each_ends_by_itself(string transport)
    {
        const int Count = 1000;
        using var under = Transports.Create(transport);
        var results = new LoopWaitResult[Count];
        var waits = under.Call(() => Enumerable.Range(0, Count).Select(_ => new LoopWait(under.Loop)).ToArray());
        var waiting = under.Begin(async () =>
        {
            var each = new Task[Count];
            for (var i = 0; i < Count; i++) each[i] = WaitAsync(i);
            await Task.WhenAll(each);
            return 0;

            async Task WaitAsync(int i)
            {
                waits[i].Begin(i % 3 == 0 ? 1 + (i % 100) : LongMs);
                results[i] = await waits[i];
            }
        });
        under.Call(() =>
        {
            for (var i = Count - 1; i >= 0; i--)
            {
                if (i % 3 == 1) waits[i].Signal();
            }
        });
        under.Call(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                if (i % 3 == 2) waits[i].OnHangup();
            }
        });
        waiting.Get();
        for (var i = 0; i < Count; i++)
            Assert.Equal((i, (i % 3) switch { 0 => LoopWaitResult.TimedOut, 1 => LoopWaitResult.Signalled, _ => LoopWaitResult.Cancelled }), (i, results[i]));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_loop_that_ends_ends_its_waits(string transport)
    {
        var results = new List<LoopWaitResult>();
        using (var under = Transports.Create(transport))
        {
            for (var i = 0; i < 3; i++) _ = Begin(under, LongMs, out _, results);
            under.Until(() => true);
            Assert.Empty(under.Call(() => results.ToList()));
        }

        Assert.Equal([LoopWaitResult.Cancelled, LoopWaitResult.Cancelled, LoopWaitResult.Cancelled], results);
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void A_wait_allocates_nothing(string transport)
    {
        using var under = Transports.Create(transport);
        var allocated = -1L;
        under.Loop.Post(() =>
        {
            _ = RunAsync();
        });
        under.Until(() => allocated >= 0);
        // One object each would be 24 bytes.
        Assert.InRange(allocated, 0, 24 * 200);

        async LoopTask RunAsync()
        {
            var wait = new LoopWait(under.Loop);
            var signal = new Action(wait.Signal);
            var before = 0L;
            for (var i = 0; i < 1100; i++)
            {
                if (i == 100) before = GC.GetAllocatedBytesForCurrentThread();
                wait.Begin(LongMs);
                under.Loop.Post(signal);
                if (await wait != LoopWaitResult.Signalled) break;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static LoopWait Begin(TransportUnderTest under, int timeoutMs, out Pending<LoopWaitResult> waiting, List<LoopWaitResult>? results = null)
    {
        var wait = under.Call(() => new LoopWait(under.Loop));
        waiting = under.Begin(async () =>
        {
            wait.Begin(timeoutMs);
            var result = await wait;
            results?.Add(result);
            return result;
        });
        return wait;
    }
}
