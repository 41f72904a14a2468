using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FastCanary.Transport.Tests;

/// <summary>What a connection's two pipes promise.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public void A_message_that_grows_stays_in_one_piece()
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        var message = new byte[400_000];
        new Random(1).NextBytes(message);
        var sender = new Thread(() =>
        {
            for (var at = 0; at < message.Length; at += 999) peer.Send(message, at, Math.Min(999, message.Length - at), SocketFlags.None);
        });
        sender.Start();
        var received = host.Run(async () =>
        {
            while (true)
            {
                var read = await connection.Input.ReadAsync();
                Assert.True(read.Buffer.IsSingleSegment);
                if (read.Buffer.Length == message.Length) return read.Buffer.FirstSpan.ToArray();
                connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        });
        sender.Join();
        Assert.True(message.AsSpan().SequenceEqual(received));
    }

    [Fact]
    public void A_message_behind_another_may_fill_the_largest_block()
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        var largest = BlockPool.Sizes[^1];
        using var taken = new ManualResetEventSlim();
        var sender = new Thread(() =>
        {
            peer.Send(new byte[300_000]);
            taken.Wait(LoopHost.PatienceMs);
            peer.Send(new byte[largest + 10 - 300_000]);
        });
        sender.Start();
        var longest = host.Run(async () =>
        {
            while (true)
            {
                var read = await connection.Input.ReadAsync();
                if (read.IsCompleted || read.Buffer.Length == largest) return read.Buffer.Length;
                // Once the bytes lie in the largest block, some at its start go.
                var takes = !taken.IsSet && read.Buffer.Length > BlockPool.Sizes[^2];
                connection.Input.AdvanceTo(read.Buffer.GetPosition(takes ? 10 : 0), read.Buffer.End);
                if (takes) taken.Set();
            }
        });
        Assert.Equal(largest, longest);
        sender.Join();
    }

    [Fact]
    public void A_message_beyond_the_largest_block_ends_the_input()
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        var largest = BlockPool.Sizes[^1];
        var sender = new Thread(() =>
        {
            try
            {
                peer.Send(new byte[4 * largest]);
            }
            catch (SocketException)
            {
                // The other side has had enough.
            }
        });
        sender.Start();
        var length = host.Run(async () =>
        {
            while (true)
            {
                var read = await connection.Input.ReadAsync();
                if (read.IsCompleted) return read.Buffer.Length;
                connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        });
        Assert.Equal(largest, length);
        host.Call(connection.Abort);
        sender.Join();
    }

    [Fact]
    public void What_was_not_examined_is_given_again_at_once()
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        peer.Send("hello world"u8);
        var rest = host.Run(async () =>
        {
            var read = await connection.Input.ReadAsync();
            connection.Input.AdvanceTo(read.Buffer.GetPosition(6));
            read = await connection.Input.ReadAsync();
            return Encoding.ASCII.GetString(read.Buffer.FirstSpan);
        });
        Assert.Equal("world", rest);
    }

    [Fact]
    public void Advancing_outside_of_the_buffer_throws()
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        peer.Send("hello"u8);
        host.Run(async () =>
        {
            var read = await connection.Input.ReadAsync();
            var start = read.Buffer.Start;
            connection.Input.AdvanceTo(read.Buffer.GetPosition(2));
            Assert.Throws<InvalidOperationException>(() => connection.Input.AdvanceTo(start));
            Assert.Throws<InvalidOperationException>(() => connection.Input.AdvanceTo(new SequencePosition(start.GetObject(), 6)));
            Assert.Throws<InvalidOperationException>(() => connection.Input.AdvanceTo(new SequencePosition(start.GetObject(), 3), new SequencePosition(start.GetObject(), 2)));
            return 0;
        });
    }

    [Fact]
    public void A_result_taken_twice_throws()
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        host.Run(async () =>
        {
#pragma warning disable CA2012 // What must not be done is what is tested.
            var pending = connection.Input.ReadAsync();
            peer.Send("hello"u8);
            await pending;
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await pending);
#pragma warning restore CA2012
            return 0;
        });
    }

    [Fact]
    public void A_cancelled_read_is_cancelled_once_now_or_next_time()
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        host.Run(async () =>
        {
            host.Loop.Post(connection.Input.CancelPendingRead);
            var read = await connection.Input.ReadAsync();
            Assert.True(read.IsCanceled);
            Assert.False(read.IsCompleted);
            connection.Input.AdvanceTo(read.Buffer.Start);

            connection.Input.CancelPendingRead();
            Assert.True((await connection.Input.ReadAsync()).IsCanceled);

            peer.Send("hello"u8);
            read = await connection.Input.ReadAsync();
            Assert.False(read.IsCanceled);
            Assert.Equal(5, read.Buffer.Length);
            return 0;
        });
    }

    [Fact]
    public void A_deadline_cancels_what_waits_and_is_known_until_it_is_set_again()
    {
        using var host = new LoopHost();
        var (_, connection) = host.Connect();
        host.Run(async () =>
        {
            connection.SetDeadline(50);
            var before = host.Loop.NowMs;
            Assert.True((await connection.Input.ReadAsync()).IsCanceled);
            Assert.True(connection.DeadlinePassed);
            Assert.InRange(host.Loop.NowMs - before, 50, LoopHost.PatienceMs);
            connection.SetDeadline(50);
            Assert.False(connection.DeadlinePassed);
            connection.ClearDeadline();
            var other = host.Loop.NowMs;
            host.Loop.Post(connection.Input.CancelPendingRead);
            await connection.Input.ReadAsync();
            Assert.False(connection.DeadlinePassed);
            Assert.InRange(other, before, long.MaxValue);
            return 0;
        });
    }

    [Fact]
    public void A_flush_waits_for_its_peer_and_gives_everything_in_order()
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        var body = new byte[16 << 20];
        new Random(2).NextBytes(body);
        var flushed = host.Begin(async () =>
        {
            "head "u8.CopyTo(connection.Output.GetSpan(5));
            connection.Output.Advance(5);
            var result = await connection.Output.WriteAsync(body);
            connection.Close();
            return result;
        });
        Thread.Sleep(200);
        Assert.False(flushed.IsCompleted);
        Assert.InRange(host.Call(() => connection.BytesSent), 1, body.Length - 1);
        var (bytes, reset) = LoopHost.ReadToEnd(peer);
        Assert.False(reset);
        Assert.False(flushed.Get().IsCompleted);
        Assert.Equal(body.Length + 5, bytes.Length);
        Assert.True(bytes.AsSpan(0, 5).SequenceEqual("head "u8));
        Assert.True(bytes.AsSpan(5).SequenceEqual(body));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_flush_that_waits_ends_when_it_is_cancelled_or_its_peer_goes(bool cancel)
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        var flushed = host.Begin(async () => await connection.Output.WriteAsync(new byte[32 << 20]));
        Thread.Sleep(100);
        Assert.False(flushed.IsCompleted);
        if (cancel)
        {
            host.Loop.Post(connection.Output.CancelPendingFlush);
        }
        else
        {
            peer.LingerState = new LingerOption(enable: true, seconds: 0);
            peer.Dispose();
        }

        var result = flushed.Get();
        Assert.Equal(cancel, result.IsCanceled);
        Assert.Equal(!cancel, result.IsCompleted);
        Assert.Equal(cancel ? ConnectionFailure.None : ConnectionFailure.Reset, host.Call(() => connection.Failure));
    }

    [Fact]
    public void A_graceful_close_lets_a_peer_that_still_sends_read_its_answer()
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        peer.Send(new byte[100_000]);
        host.Run(async () =>
        {
            await connection.Output.WriteAsync("answer"u8.ToArray());
            connection.CloseGracefully();
            return 0;
        });
        for (var i = 0; i < 50; i++) peer.Send(new byte[100_000]);
        var (bytes, reset) = LoopHost.ReadToEnd(peer);
        Assert.Equal("answer", Encoding.ASCII.GetString(bytes));
        Assert.False(reset);
        peer.Close();
        LoopHost.Eventually(() => host.Call(() => host.Loop.ConnectionCount) == 0, "the connection is gone");
    }

    [Fact]
    public void An_abort_is_a_reset()
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        host.Call(connection.Abort);
        Assert.True(LoopHost.ReadToEnd(peer).Reset);
    }

    [Fact]
    public void The_ends_of_both_sides_are_not_a_failure_and_what_came_before_is_still_there()
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        host.Call(connection.ShutdownOutput);
        Assert.Empty(LoopHost.ReadToEnd(peer).Bytes);
        host.Call(() =>
        {
            peer.Send("last words"u8);
            peer.Shutdown(SocketShutdown.Send);
        });
        host.Run(async () =>
        {
            var read = await connection.Input.ReadAsync();
            Assert.Equal(10, read.Buffer.Length);
            connection.Input.AdvanceTo(read.Buffer.End);
            Assert.True((await connection.Input.ReadAsync()).IsCompleted);
            Assert.True(connection.PeerFinished);
            Assert.False(connection.PeerGone);
            return 0;
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reset_is_a_failure(bool afterOwnEnd)
    {
        using var host = new LoopHost();
        var (peer, connection) = host.Connect();
        if (afterOwnEnd) host.Call(connection.ShutdownOutput);
        peer.LingerState = new LingerOption(enable: true, seconds: 0);
        peer.Dispose();
        host.Run(async () =>
        {
            while (!(await connection.Input.ReadAsync()).IsCompleted)
            {
            }

            Assert.True(connection.PeerGone);
            Assert.Equal(ConnectionFailure.Reset, connection.Failure);
            return 0;
        });
    }

    [Fact]
    public void A_hang_up_cancels_the_reader_that_was_named_for_it_once()
    {
        using var host = new LoopHost();
        var (client, downstream) = host.Connect();
        var (_, upstream) = host.Connect();
        host.Call(() => downstream.CancelOnHangup = upstream.Input);
        var cancelled = host.Begin(async () => (await upstream.Input.ReadAsync()).IsCanceled);
        Thread.Sleep(50);
        client.Shutdown(SocketShutdown.Send);
        Assert.True(cancelled.Get());
        Assert.True(host.Call(() => downstream.PeerFinished && downstream.CancelOnHangup is null));
    }

    [Fact]
    public void A_refused_connection_says_so_at_its_first_flush()
    {
        using var host = new LoopHost();
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var address = (IPEndPoint)closed.LocalEndpoint;
        closed.Stop();
        host.Run(async () =>
        {
            var connection = host.Loop.Connect(address);
            var result = await connection.Output.WriteAsync("hello"u8.ToArray());
            Assert.True(result.IsCompleted);
            Assert.Equal(ConnectionFailure.Refused, connection.Failure);
            Assert.Equal(0, connection.BytesSent);
            connection.Close();
            return 0;
        });
    }

    [Fact]
    public void What_is_written_before_a_connection_stands_arrives()
    {
        using var host = new LoopHost();
        using var target = new TcpListener(IPAddress.Loopback, 0);
        target.Start();
        var result = host.Run(async () =>
        {
            var connection = host.Loop.Connect((IPEndPoint)target.LocalEndpoint);
            var flushed = await connection.Output.WriteAsync("hello"u8.ToArray());
            connection.Close();
            return flushed;
        });
        Assert.False(result.IsCompleted);
        using var peer = target.AcceptSocket();
        Assert.Equal("hello", Encoding.ASCII.GetString(LoopHost.ReadToEnd(peer).Bytes));
    }

    [Fact]
    public void Written_to_after_its_end_a_connection_keeps_no_memory()
    {
        using var host = new LoopHost();
        var (_, connection) = host.Connect();
        host.Run(async () =>
        {
            connection.Close();
            connection.Output.GetSpan(10);
            connection.Output.Advance(10);
            Assert.True((await connection.Output.FlushAsync()).IsCompleted);
            Assert.Equal(0, host.Loop.BlocksRented);
            return 0;
        });
    }

    [Fact]
    public void Readers_take_turns_when_the_pool_is_dry()
    {
        // Two blocks for six connections that all have bytes; the first two in the queue leave before their turn.
        using var host = new LoopHost(blockBytesMax: 2 * BlockPool.Sizes[0]);
        var pairs = Enumerable.Range(0, 6).Select(_ => host.Connect()).ToList();
        foreach (var (peer, _) in pairs) peer.Send("hello"u8);
        var order = new List<int>();
        host.Call(() =>
        {
            for (var i = 0; i < pairs.Count; i++) _ = ReadOneAsync(pairs[i].Connection, i);
        });
        Assert.Equal([0, 1], host.Call(() => order.ToArray()));
        // More bytes must not queue a reader twice.
        for (var i = 2; i < pairs.Count; i++) pairs[i].Peer.Send("!"u8);
        host.Call(() =>
        {
            pairs[2].Connection.Close();
            pairs[3].Connection.Close();
        });
        Assert.Equal(2, host.Call(() => host.Loop.BlocksRented));
        host.Call(pairs[0].Connection.Close);
        LoopHost.Eventually(() => host.Call(() => order.Contains(4)), "the next in the queue has its turn");
        Assert.False(host.Call(() => order.Contains(5)));
        host.Call(pairs[1].Connection.Close);
        LoopHost.Eventually(() => host.Call(() => order.Contains(5)), "and the last");

        async Task ReadOneAsync(Connection connection, int index)
        {
            ReadResult read = await connection.Input.ReadAsync();
            if (!read.Buffer.IsEmpty) order.Add(index);
        }
    }
}
