namespace FastCanary.Transport.Conformance;

/// <summary>What happens to readers when the pool of blocks is dry.</summary>
public sealed class BlocksTests
{
    public static TheoryData<string> All => Transports.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Readers_take_turns_when_the_pool_is_dry(string transport)
    {
        // Two blocks for six connections that all have bytes; the first two in the queue leave before their turn.
        using var under = Transports.Create(transport, blockBytesMax: 2 * BlockPool.Sizes[0]);
        var pairs = Enumerable.Range(0, 6).Select(_ => under.Accepted()).ToList();
        var order = new List<int>();
        for (var i = 0; i < pairs.Count; i++)
        {
            pairs[i].Peer.Send("hello"u8);
            under.Until(() => pairs[i].Connection.HasInput);
            under.Call(() => ReadOneAsync(pairs[i].Connection, i).IsCompleted);
            if (i < 2) under.Until(() => order.Count == i + 1);
            else under.Until(() => pairs[i].Connection.WaitsForBlock);
        }

        Assert.Equal([0, 1], under.Call(order.ToArray));
        Assert.InRange(under.Call(() => under.Loop.BlocksDryCount), 4, long.MaxValue);
        // More bytes must not queue a reader twice.
        for (var i = 2; i < pairs.Count; i++) pairs[i].Peer.Send("!"u8);
        under.Call(() =>
        {
            pairs[2].Connection.Close();
            pairs[3].Connection.Close();
        });
        Assert.Equal(2, under.Call(() => under.Loop.BlocksRented));
        under.Call(pairs[0].Connection.Close);
        under.Until(() => order.Contains(4));
        Assert.DoesNotContain(5, under.Call(order.ToArray));
        under.Call(pairs[1].Connection.Close);
        under.Until(() => order.Contains(5));

        async Task ReadOneAsync(Connection connection, int index)
        {
            await connection.Input.ReceiveAsync();
            if (connection.Input.BufferedLength > 0) order.Add(index);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_reader_that_waits_for_a_block_is_shed_at_its_deadline(string transport)
    {
        using var under = Transports.Create(transport, blockBytesMax: BlockPool.Sizes[0]);
        var (holderPeer, holder) = under.Accepted();
        holderPeer.Send("holds the only block"u8);
        under.Run(async () => await holder.Input.ReceiveAsync());
        var (peer, connection) = under.Accepted();
        peer.Send("waits"u8);
        under.Run(async () =>
        {
            connection.SetDeadline(50);
            var received = await connection.Input.ReceiveAsync();
            Assert.True(received.IsCanceled);
            Assert.True(connection.DeadlinePassed);
            Assert.Equal(0, connection.Input.BufferedLength);
            connection.Close();
            return 0;
        });
        Assert.InRange(under.Call(() => under.Loop.BlocksDryCount), 1, long.MaxValue);
        // Its place in the queue is nobody's turn.
        under.Call(() => holder.Input.Advance(holder.Input.BufferedLength));
        Assert.Equal(0, under.Call(() => under.Loop.BlocksRented));
        var (thirdPeer, third) = under.Accepted();
        thirdPeer.Send("ok"u8);
        under.Run(async () => await third.Input.ReceiveAsync());
        Assert.Equal(1, under.Call(() => under.Loop.BlocksRented));
    }
}
