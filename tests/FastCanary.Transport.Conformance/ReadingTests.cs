using System.Text;

namespace FastCanary.Transport.Conformance;

/// <summary>What a connection's input promises.</summary>
public sealed class ReadingTests
{
    public static TheoryData<string> All => Transports.All;

    public static TheoryData<string> Real => Transports.Real;

    [Theory]
    [MemberData(nameof(All))]
    public void A_message_cut_at_any_byte_is_read_whole(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        var message = Content.Bytes(64, seed: 1);
        for (var cut = 1; cut < message.Length; cut++)
        {
            peer.Send(message.AsSpan(0, cut));
            var first = under.Run(() => ReadAsync(connection, cut));
            Assert.Equal(message[..cut], first);
            // The first part was examined: the next read waits for more, and gives both.
            var whole = under.Begin(() => ReadAsync(connection, message.Length));
            peer.Send(message.AsSpan(cut));
            Assert.Equal(message, whole.Get());
            under.Call(() => connection.Input.Advance(message.Length));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Bytes_that_come_one_by_one_are_all_there(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Connected();
        var message = Content.Bytes(300, seed: 2);
        var whole = under.Begin(() => ReadAsync(connection, message.Length));
        for (var i = 0; i < message.Length; i++) peer.Send(message.AsSpan(i, 1));
        Assert.Equal(message, whole.Get());
        Assert.Equal(1, under.Call(() => under.Loop.BlocksRented));
        under.Call(() => connection.Input.Advance(message.Length));
        Assert.Equal(0, under.Call(() => under.Loop.BlocksRented));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_message_that_grows_stays_in_one_piece(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        var message = Content.Bytes(400_000, seed: 3);
        var received = under.Begin(async () =>
        {
            while (true)
            {
                var read = await connection.Input.ReadAsync();
                Assert.True(read.Buffer.IsSingleSegment);
                if (read.Buffer.Length == message.Length) return read.Buffer.FirstSpan.ToArray();
                connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        });
        for (var at = 0; at < message.Length; at += 999) peer.Send(message.AsSpan(at, Math.Min(999, message.Length - at)));
        Assert.True(message.AsSpan().SequenceEqual(received.Get()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_message_behind_another_may_fill_the_largest_block(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        var largest = BlockPool.Sizes[^1];
        var message = Content.Bytes(largest + 10, seed: 4);
        // Once the bytes lie in the largest block, some at its start go.
        var first = under.Begin(() => ReadAsync(connection, 300_000));
        peer.Send(message.AsSpan(0, 300_000));
        Assert.Equal(300_000, first.Get().Length);
        under.Call(() => connection.Input.AdvanceExamined(10));
        var second = under.Begin(() => ReadAsync(connection, largest));
        peer.Send(message.AsSpan(300_000));
        Assert.True(message.AsSpan(10).SequenceEqual(second.Get()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_message_beyond_the_largest_block_ends_the_input(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        var largest = BlockPool.Sizes[^1];
        var length = under.Begin(async () =>
        {
            while (!(await connection.Input.ReceiveAsync()).IsCompleted) connection.Input.AdvanceExamined(0);
            return connection.Input.BufferedLength;
        });
        peer.Send(new byte[largest + 1]);
        Assert.Equal(largest, length.Get());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_was_not_examined_is_given_again_at_once(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        peer.Send("hello world"u8);
        var rest = under.Run(async () =>
        {
            await ReadAsync(connection, 11);
            connection.Input.Advance(6);
            var read = await connection.Input.ReadAsync();
            return Encoding.ASCII.GetString(read.Buffer.FirstSpan);
        });
        Assert.Equal("world", rest);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Advancing_outside_of_the_buffer_throws(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        peer.Send("hello"u8);
        under.Run(async () =>
        {
            await ReadAsync(connection, 5);
            connection.Input.Advance(0);
            var read = await connection.Input.ReadAsync();
            var start = read.Buffer.Start;
            connection.Input.AdvanceTo(read.Buffer.GetPosition(2));
            Assert.Throws<InvalidOperationException>(() => connection.Input.AdvanceTo(start));
            Assert.Throws<InvalidOperationException>(() => connection.Input.AdvanceTo(new SequencePosition(start.GetObject(), 6)));
            Assert.Throws<InvalidOperationException>(() => connection.Input.AdvanceTo(new SequencePosition(start.GetObject(), 3), new SequencePosition(start.GetObject(), 2)));
            Assert.Throws<InvalidOperationException>(() => connection.Input.Advance(4));
            return 0;
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_result_taken_twice_throws(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        var done = under.Begin(async () =>
        {
#pragma warning disable CA2012 // What must not be done is what is tested.
            var pending = connection.Input.ReadAsync();
            await pending;
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await pending);
#pragma warning restore CA2012
            return 0;
        });
        under.Until(() => connection.Input.IsWaiting);
        peer.Send("hello"u8);
        done.Get();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_cancelled_read_is_cancelled_once_now_or_next_time(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        var waiting = under.Begin(async () => await connection.Input.ReceiveAsync());
        under.Until(() => connection.Input.IsWaiting);
        under.Call(connection.Input.CancelPendingRead);
        Assert.Equal(new Received(IsCanceled: true, IsCompleted: false), waiting.Get());

        under.Call(connection.Input.CancelPendingRead);
        Assert.True(under.Run(async () => await connection.Input.ReceiveAsync()).IsCanceled);

        peer.Send("hello"u8);
        Assert.Equal("hello"u8, under.Run(() => ReadAsync(connection, 5)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_cancelled_read_loses_nothing(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        peer.Send("hello "u8);
        Assert.Equal("hello "u8, under.Run(() => ReadAsync(connection, 6)));
        var waiting = under.Begin(async () => await connection.Input.ReceiveAsync());
        under.Call(connection.Input.CancelPendingRead);
        Assert.True(waiting.Get().IsCanceled);
        Assert.Equal("hello "u8, under.Call(() => connection.Input.Buffered.ToArray()));
        peer.Send("world"u8);
        under.Call(() => connection.Input.AdvanceExamined(0));
        Assert.Equal("hello world"u8, under.Run(() => ReadAsync(connection, 11)));
    }

    /// <summary>What the reader does not take is not read from the kernel.</summary>
    [Theory]
    [MemberData(nameof(Real))]
    public void A_peer_that_nobody_reads_is_held_back(string transport)
    {
        using var under = Transports.Create(transport);
        var (peer, connection) = under.Accepted();
        var body = Content.Bytes(32 << 20, seed: 5);
        using var sent = new ManualResetEventSlim();
        var sender = new Thread(() =>
        {
            peer.Send(body);
            sent.Set();
        });
        sender.Start();
        under.Advance(100);
        Assert.False(sent.IsSet);
        Assert.Equal(0, under.Call(() => under.Loop.BlocksRented));
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        under.Run(async () =>
        {
            for (var left = body.Length; left > 0;)
            {
                Assert.False((await connection.Input.ReceiveAsync()).IsCompleted);
                hash.AppendData(connection.Input.Buffered);
                left -= connection.Input.BufferedLength;
                connection.Input.Advance(connection.Input.BufferedLength);
            }

            return 0;
        });
        sender.Join();
        Assert.Equal(Content.Hash(body), Convert.ToHexString(hash.GetHashAndReset()));
    }

    /// <summary>Reads until <paramref name="count"/> bytes are there, and leaves them there, examined.</summary>
    private static async Task<byte[]> ReadAsync(Connection connection, int count)
    {
        while (connection.Input.BufferedLength < count)
        {
            var received = await connection.Input.ReceiveAsync();
            Assert.False(received.IsCompleted, $"the end after {connection.Input.BufferedLength} bytes: {connection.Failure}");
            Assert.False(received.IsCanceled);
            connection.Input.AdvanceExamined(0);
        }

        return connection.Input.Buffered.ToArray();
    }
}
