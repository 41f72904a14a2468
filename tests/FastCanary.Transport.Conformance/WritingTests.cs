using System.Net;
using System.Text;

namespace FastCanary.Transport.Conformance;

/// <summary>What a connection's output promises.</summary>
public sealed class WritingTests
{
    // More than a kernel holds of one connection: 4 MiB to send and 6 MiB received, by Linux's defaults.
    private const int HeldBackBytes = 32 << 20;
    private const int KernelBytesMax = 16 << 20;

    public static TheoryData<string> All => Transports.All;

    [Theory]
    [MemberData(nameof(All))]
    public void A_flush_waits_for_a_slow_reader_and_gives_everything_in_order(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        var body = Content.Bytes(HeldBackBytes, seed: 1);
        var flushed = under.Begin(async () =>
        {
            "head "u8.CopyTo(connection.Output.GetSpan(5));
            connection.Output.Advance(5);
            var result = await connection.Output.WriteAsync(body);
            connection.Close();
            return result;
        });
        under.Until(() => connection.Output.BytesSent > 0);
        under.Advance(50);
        Assert.False(flushed.IsCompleted);
        var whole = new byte[body.Length + 5];
        for (var at = 0; at < whole.Length;)
        {
            // What is not with the peer is in the kernel, and that holds a bounded amount.
            var sent = under.Call(() => connection.Output.BytesSent);
            Assert.InRange(sent - at, 0, KernelBytesMax);
            var piece = peer.Receive(Math.Min(1 << 20, whole.Length - at));
            piece.CopyTo(whole, at);
            at += piece.Length;
        }

        Assert.False(flushed.Get().IsCompleted);
        Assert.Equal(whole.Length, under.Call(() => connection.Output.BytesSent));
        Assert.Empty(peer.ReceiveToEnd());
        Assert.False(peer.IsReset);
        Assert.Equal("head ", Encoding.ASCII.GetString(whole, 0, 5));
        Assert.Equal(Content.Hash(body), Content.Hash(whole.AsSpan(5)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Writes_of_every_size_arrive_in_order(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Connected();
        var random = new Random(7);
        var whole = Content.Bytes(20 << 20, seed: 2);
        var flushed = under.Begin(async () =>
        {
            for (var at = 0; at < whole.Length;)
            {
                var gathered = Math.Min(random.Next(random.Next(2) == 0 ? 300 : 70_000), whole.Length - at);
                whole.AsSpan(at, gathered).CopyTo(connection.Output.GetSpan(Math.Max(1, gathered)));
                connection.Output.Advance(gathered);
                at += gathered;
                var borrowed = Math.Min(random.Next(200_000), whole.Length - at);
                // The caller's memory is its own again as soon as the write is over.
                var memory = whole.AsSpan(at, borrowed).ToArray();
                Assert.False((await connection.Output.WriteAsync(memory)).IsCompleted);
                memory.AsSpan().Clear();
                at += borrowed;
            }

            return 0;
        });
        var received = peer.Receive(whole.Length);
        flushed.Get();
        Assert.Equal(Content.Hash(whole), Content.Hash(received));
        Assert.Equal(0, under.Call(() => under.Loop.BlocksRented));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_flush_that_waits_ends_when_it_is_cancelled(string transport)
    {
        using var under = Transports.Create(transport);
        var (_, connection) = under.Accepted();
        var flushed = under.Begin(async () => await connection.Output.WriteAsync(new byte[HeldBackBytes]));
        under.Until(() => connection.Output.IsWaiting);
        under.Call(connection.Output.CancelPendingFlush);
        var result = flushed.Get();
        Assert.True(result.IsCanceled);
        Assert.False(result.IsCompleted);
        Assert.Equal(ConnectionFailure.None, under.Call(() => connection.Failure));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void After_a_cancelled_flush_the_rest_may_be_sent_from_where_it_stopped(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        var body = Content.Bytes(HeldBackBytes, seed: 3);
        var flushed = under.Begin(async () => await connection.Output.WriteAsync(body));
        under.Until(() => connection.Output.IsWaiting);
        under.Call(connection.Output.CancelPendingFlush);
        Assert.True(flushed.Get().IsCanceled);
        var rest = under.Begin(async () => await connection.Output.WriteAsync(body.AsMemory((int)connection.Output.BytesSent)));
        var received = peer.Receive(body.Length);
        Assert.False(rest.Get().IsCompleted);
        Assert.Equal(Content.Hash(body), Content.Hash(received));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_flush_that_waits_ends_when_its_peer_goes(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        var flushed = under.Begin(async () => await connection.Output.WriteAsync(new byte[HeldBackBytes]));
        under.Until(() => connection.Output.IsWaiting);
        peer.Reset();
        var result = flushed.Get();
        Assert.False(result.IsCanceled);
        Assert.True(result.IsCompleted);
        Assert.Equal(ConnectionFailure.Reset, under.Call(() => connection.Failure));
    }

    /// <summary>What is under way belongs to the transport alone when the connection is closed.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void A_close_in_the_middle_of_a_flush_ends_it_and_frees_its_memory(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        var body = Content.Bytes(HeldBackBytes, seed: 4);
        var flushed = under.Begin(async () => await connection.Output.WriteAsync(body));
        under.Until(() => connection.Output.IsWaiting);
        var sent = under.Call(() =>
        {
            connection.Close();
            return connection.Output.BytesSent;
        });
        Assert.True(flushed.Get().IsCompleted);
        var before = (byte[])body.Clone();
        body.AsSpan().Clear();
        var received = peer.ReceiveToEnd();
        // A backend may have begun to send more than it accounted for, never other bytes.
        Assert.InRange(received.Length, sent, before.Length - 1);
        Assert.True(before.AsSpan(0, received.Length).SequenceEqual(received));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_refused_connection_says_so_at_its_first_flush(string transport)
    {
        using var under = Transports.Create(transport);
        under.Run(async () =>
        {
            // Nobody listens on this port.
            var connection = under.Loop.Connect(new IPEndPoint(IPAddress.Loopback, 1));
            var result = await connection.Output.WriteAsync("hello"u8.ToArray());
            Assert.True(result.IsCompleted);
            Assert.Equal(ConnectionFailure.Refused, connection.Failure);
            Assert.True(connection.PeerGone);
            Assert.Equal(0, connection.Output.BytesSent);
            connection.Close();
            return 0;
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_connection_closed_while_it_is_made_leaves_nothing(string transport)
    {
        using var under = Transports.Create(transport);
        var flushed = under.Begin(async () =>
        {
            // Nobody answers there (RFC 5737); or there is no way there at all.
            var connection = under.Loop.Connect(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 80));
            var pending = connection.Output.SendAsync("hello"u8.ToArray());
            connection.Close();
            return await pending;
        });
        Assert.True(flushed.Get().IsCompleted);
        Assert.Equal(0, under.Call(() => under.Loop.ConnectionCount));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Written_to_after_its_end_a_connection_keeps_no_memory(string transport)
    {
        using var under = Transports.Create(transport);
        var (_, connection) = under.Accepted();
        under.Run(async () =>
        {
            connection.Close();
            connection.Output.GetSpan(10);
            connection.Output.Advance(10);
            Assert.True((await connection.Output.FlushAsync()).IsCompleted);
            Assert.Equal(0, under.Loop.BlocksRented);
            return 0;
        });
    }
}
