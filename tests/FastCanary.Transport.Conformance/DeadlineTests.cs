namespace FastCanary.Transport.Conformance;

/// <summary>A connection's one deadline, and what it cancels.</summary>
public sealed class DeadlineTests
{
    private const int PatienceMs = 30_000;

    public static TheoryData<string> All => Transports.All;

    [Theory]
    [MemberData(nameof(All))]
    public void A_deadline_cancels_a_read_and_is_known_until_it_is_set_again(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        under.Run(async () =>
        {
            var before = under.Loop.NowMs;
            connection.SetDeadline(50);
            Assert.True((await connection.Input.ReceiveAsync()).IsCanceled);
            Assert.True(connection.DeadlinePassed);
            Assert.InRange(under.Loop.NowMs - before, 50, PatienceMs);
            connection.SetDeadline(600_000);
            Assert.False(connection.DeadlinePassed);
            connection.ClearDeadline();
            Assert.False(connection.DeadlinePassed);
            return 0;
        });
        // It says nothing about the connection itself.
        peer.Send("late"u8);
        Assert.Equal(new Received(IsCanceled: false, IsCompleted: false), under.Run(async () => await connection.Input.ReceiveAsync()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_deadline_cancels_a_flush(string transport)
    {
        using var under = Transports.Create(transport);
        var (_, connection) = under.Accepted();
        under.Run(async () =>
        {
            connection.SetDeadline(50);
            Assert.True((await connection.Output.WriteAsync(new byte[32 << 20])).IsCanceled);
            Assert.True(connection.DeadlinePassed);
            return 0;
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_deadline_that_was_put_off_or_cleared_does_not_fire(string transport)
    {
        using var under = Transports.Create(transport);
        var (_, cleared) = under.Accepted();
        var (_, putOff) = under.Accepted();
        var (_, witness) = under.Accepted();
        var first = under.Begin(async () =>
        {
            cleared.SetDeadline(50);
            cleared.ClearDeadline();
            return await cleared.Input.ReceiveAsync();
        });
        var second = under.Begin(async () =>
        {
            putOff.SetDeadline(50);
            putOff.SetDeadline(600_000);
            return await putOff.Input.ReceiveAsync();
        });
        under.Run(async () =>
        {
            witness.SetDeadline(200);
            return await witness.Input.ReceiveAsync();
        });
        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);
        Assert.False(under.Call(() => cleared.DeadlinePassed || putOff.DeadlinePassed));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Deadlines_pass_in_their_order(string transport)
    {
        using var under = Transports.Create(transport);
        var order = new List<int>();
        var waits = new List<Pending<int>>();
        int[] milliseconds = [160, 40, 120, 80];
        var connections = milliseconds.Select(_ => under.Accepted().Connection).ToList();
        for (var i = 0; i < connections.Count; i++)
        {
            var at = i;
            waits.Add(under.Begin(async () =>
            {
                Assert.True((await connections[at].Input.ReceiveAsync()).IsCanceled);
                order.Add(milliseconds[at]);
                return 0;
            }));
        }

        // One that passes while nobody waits cancels nothing: all wait by then.
        under.Until(() => connections.TrueForAll(static connection => connection.Input.IsWaiting));
        under.Call(() =>
        {
            for (var i = 0; i < connections.Count; i++) connections[i].SetDeadline(milliseconds[i]);
        });
        waits.ForEach(wait => wait.Get());
        Assert.Equal([40, 80, 120, 160], order);
    }

    /// <summary>The client's own deadline ends a wait for the upstream's answer on its behalf.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void A_deadline_of_a_connection_that_nobody_reads_cancels_the_reader_named_for_it(string transport)
    {
        using var under = Transports.Create(transport);
        var (_, downstream) = under.Accepted();
        var (_, upstream) = under.Connected();
        under.Run(async () =>
        {
            downstream.CancelOnHangup = upstream.Input;
            downstream.SetDeadline(50);
            Assert.True((await upstream.Input.ReceiveAsync()).IsCanceled);
            Assert.True(downstream.DeadlinePassed);
            Assert.False(upstream.DeadlinePassed);
            return 0;
        });
    }
}
