using System.Text;

namespace FastCanary.Transport.Conformance;

/// <summary>How connections end, from either side.</summary>
public sealed class EndsTests
{
    public static TheoryData<string> All => Transports.All;

    [Theory]
    [MemberData(nameof(All))]
    public void A_peer_that_has_ended_its_direction_still_gets_its_answer(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        peer.Send("question"u8);
        peer.ShutdownSend();
        under.Run(async () =>
        {
            while (!(await connection.Input.ReceiveAsync()).IsCompleted) connection.Input.AdvanceExamined(0);
            Assert.Equal("question", Encoding.ASCII.GetString(connection.Input.Buffered));
            return 0;
        });
        under.Until(() => connection.PeerFinished);
        Assert.False(under.Call(() => connection.PeerGone));
        var flushed = under.Begin(async () =>
        {
            var result = await connection.Output.WriteAsync(new byte[1 << 20]);
            connection.Input.Advance(connection.Input.BufferedLength);
            connection.Close();
            return result;
        });
        Assert.Equal(1 << 20, peer.ReceiveToEnd().Length);
        Assert.False(peer.IsReset);
        Assert.False(flushed.Get().IsCompleted);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_side_that_has_ended_its_direction_still_reads_the_other(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Connected();
        under.Call(connection.ShutdownOutput);
        Assert.Empty(peer.ReceiveToEnd());
        Assert.False(peer.IsReset);
        peer.Send("last words"u8);
        peer.ShutdownSend();
        under.Run(async () =>
        {
            while (!(await connection.Input.ReceiveAsync()).IsCompleted) connection.Input.AdvanceExamined(0);
            Assert.Equal("last words", Encoding.ASCII.GetString(connection.Input.Buffered));
            return 0;
        });
        under.Until(() => connection.PeerFinished);
        Assert.False(under.Call(() => connection.PeerGone));
        Assert.Equal(ConnectionFailure.None, under.Call(() => connection.Failure));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_reset_in_the_middle_of_a_body_is_a_failure_and_no_end(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Connected();
        peer.Send("half a bo"u8);
        under.Run(async () =>
        {
            while (connection.Input.BufferedLength < 9)
            {
                await connection.Input.ReceiveAsync();
                connection.Input.AdvanceExamined(0);
            }

            return 0;
        });
        var ended = under.Begin(async () =>
        {
            while (!(await connection.Input.ReceiveAsync()).IsCompleted) connection.Input.AdvanceExamined(0);
            return connection.Failure;
        });
        peer.Reset();
        Assert.Equal(ConnectionFailure.Reset, ended.Get());
        Assert.True(under.Call(() => connection.PeerGone));
    }

    /// <summary>The event of the reset comes while nobody reads; who reads later must not take it for the end.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void A_reset_that_came_before_the_read_is_a_failure_too(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        peer.Reset();
        under.Until(() => connection.PeerGone);
        under.Run(async () =>
        {
            Assert.True((await connection.Input.ReceiveAsync()).IsCompleted);
            Assert.Equal(ConnectionFailure.Reset, connection.Failure);
            return 0;
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_reset_after_the_own_end_is_a_failure(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        under.Call(connection.ShutdownOutput);
        Assert.Empty(peer.ReceiveToEnd());
        peer.Reset();
        under.Run(async () =>
        {
            while (!(await connection.Input.ReceiveAsync()).IsCompleted)
            {
            }

            Assert.True(connection.PeerGone);
            Assert.Equal(ConnectionFailure.Reset, connection.Failure);
            return 0;
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_hang_up_cancels_the_reader_that_was_named_for_it_once(string transport)
    {
        using var under = Transports.Create(transport);
        var (client, downstream) = under.Accepted();
        var (_, upstream) = under.Connected();
        under.Call(() => downstream.CancelOnHangup = upstream.Input);
        var cancelled = under.Begin(async () => (await upstream.Input.ReadAsync()).IsCanceled);
        client.ShutdownSend();
        Assert.True(cancelled.Get());
        Assert.True(under.Call(() => downstream.PeerFinished && downstream.CancelOnHangup is null));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_reset_cancels_the_reader_that_was_named_for_it(string transport)
    {
        using var under = Transports.Create(transport);
        var (client, downstream) = under.Accepted();
        var (_, upstream) = under.Connected();
        var cancelled = under.Begin(async () =>
        {
            downstream.CancelOnHangup = upstream.Input;
            return (await upstream.Input.ReadAsync()).IsCanceled;
        });
        under.Until(() => upstream.Input.IsWaiting);
        client.Reset();
        Assert.True(cancelled.Get());
        Assert.True(under.Call(() => downstream.PeerGone));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_close_delivers_what_was_flushed_and_ends_orderly(string transport)
    {
        using var under = Transports.Create(transport);
        for (var i = 0; i < 50; i++)
        {
            var (peer, connection) = i % 2 == 0 ? under.Accepted() : under.Connected();
            under.Run(async () =>
            {
                await connection.Output.WriteAsync(new byte[100_000]);
                connection.Close();
                return 0;
            });
            Assert.Equal(100_000, peer.ReceiveToEnd().Length);
            Assert.False(peer.IsReset);
        }

        Assert.Equal(0, under.Call(() => under.Loop.ConnectionCount));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_close_over_unread_input_is_a_reset(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        peer.Send("unread"u8);
        under.Until(() => connection.HasInput);
        under.Call(connection.Close);
        peer.ReceiveToEnd();
        Assert.True(peer.IsReset);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_graceful_close_lets_a_peer_that_still_sends_read_its_answer(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        peer.Send(new byte[100_000]);
        under.Run(async () =>
        {
            await connection.Output.WriteAsync("answer"u8.ToArray());
            connection.CloseGracefully();
            return 0;
        });
        for (var i = 0; i < 50; i++) peer.Send(new byte[100_000]);
        Assert.Equal("answer", Encoding.ASCII.GetString(peer.ReceiveToEnd()));
        Assert.False(peer.IsReset);
        peer.Close();
        under.Until(() => under.Loop.ConnectionCount == 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_graceful_close_does_not_wait_for_ever(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        Assert.Equal(1, under.Call(() =>
        {
            connection.CloseGracefully();
            return under.Loop.ConnectionCount;
        }));
        Assert.Empty(peer.ReceiveToEnd());
        under.Until(() => under.Loop.ConnectionCount == 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_abort_is_a_reset(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        under.Run(async () =>
        {
            await connection.Output.WriteAsync("half an ans"u8.ToArray());
            return 0;
        });
        Assert.Equal("half an ans"u8, peer.Receive(11));
        under.Call(connection.Abort);
        Assert.Empty(peer.ReceiveToEnd());
        Assert.True(peer.IsReset);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Closing_ends_whoever_waits_and_is_done_once(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        var waiting = under.Begin(async () => await connection.Input.ReceiveAsync());
        under.Call(() =>
        {
            connection.Close();
            connection.Close();
            connection.Abort();
            connection.CloseGracefully();
        });
        Assert.True(waiting.Get().IsCompleted);
        Assert.Empty(peer.ReceiveToEnd());
        Assert.False(peer.IsReset);
        Assert.Equal(0, under.Call(() => under.Loop.ConnectionCount));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Stopping_ends_whoever_waits(string transport)
    {
        var under = Transports.Create(transport);
        var (_, connection) = under.Accepted();
        var completed = under.Begin(async () => (await connection.Input.ReadAsync()).IsCompleted);
        under.Until(() => connection.Input.IsWaiting);
        under.Dispose();
        Assert.True(completed.Get());
    }
}
