using System.Security.Cryptography;
using FastCanary.Transport.Epoll;

namespace FastCanary.Transport.Conformance;

/// <summary>Many connections at once.</summary>
[Collection(DescriptorsCollection.Name)]
public sealed class ManyConnectionsTests
{
    private const int IdleCount = 10_000;

    // For the runtime and the test host.
    private const int DescriptorsReserved = 1000;

    public static TheoryData<string> All => Transports.All;

    /// <summary>10,000; on real sockets what the process's descriptors allow, since both ends of each connection are in it: 9,500 of 20,000.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void An_idle_connection_owns_no_block(string transport)
    {
        using var under = Transports.Create(transport);
        var count = under.CanRunOutOfDescriptors ? (int)Math.Min(IdleCount, (DescriptorLimit.Raise() - DescriptorsReserved) / 2) : IdleCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"{under.Name}: {count} idle connections");
        Assert.InRange(count, 1000, IdleCount);
        var pairs = new List<(Peer Peer, Connection Connection)>(count);
        for (var i = 0; i < count; i++) pairs.Add(under.Accepted());
        var waits = new List<Pending<Received>>();
        under.Call(() =>
        {
            foreach (var (_, connection) in pairs) _ = EchoAsync(connection);
        });
        Assert.Equal(count, under.Call(() => under.Loop.ConnectionCount));
        Assert.Equal(0, under.Call(() => under.Loop.BlocksRented));
        // Each of them is alive, the first and the last too.
        for (var i = 0; i < count; i += count / 100)
        {
            pairs[i].Peer.Send("ping"u8);
            Assert.Equal("ping"u8, pairs[i].Peer.Receive(4));
        }

        Assert.Equal(0, under.Call(() => under.Loop.BlocksRented));
        foreach (var (peer, _) in pairs) peer.Close();
        under.Until(() => under.Loop.ConnectionCount == 0);

        static async Task EchoAsync(Connection connection)
        {
            while (!(await connection.Input.ReceiveAsync()).IsCompleted)
            {
                var bytes = connection.Input.Buffered.ToArray();
                connection.Input.Advance(bytes.Length);
                if ((await connection.Output.WriteAsync(bytes)).IsCompleted) break;
            }

            connection.Close();
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Random_sizes_on_many_connections_arrive_byte_for_byte(string transport)
    {
        using var under = Transports.Create(transport);
        var random = new Random(20_26);
        var pairs = Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? under.Accepted() : under.Connected()).ToList();
        var bodies = pairs.Select((_, i) => Content.Bytes(random.Next(random.Next(3) == 0 ? 1 << 20 : 20_000), seed: i)).ToList();
        var echoes = new List<Pending<string>>();
        foreach (var (_, connection) in pairs) echoes.Add(under.Begin(() => EchoAsync(connection)));
        var sent = new int[pairs.Count];
        var received = pairs.Select(_ => new MemoryStream()).ToList();
        // In random pieces and in random order, and no more under way than what is read again at once: the peers are one thread.
        for (var open = Enumerable.Range(0, pairs.Count).ToList(); open.Count > 0;)
        {
            var i = open[random.Next(open.Count)];
            var piece = Math.Min(random.Next(1, random.Next(2) == 0 ? 500 : 60_000), bodies[i].Length - sent[i]);
            pairs[i].Peer.Send(bodies[i].AsSpan(sent[i], piece));
            sent[i] += piece;
            received[i].Write(pairs[i].Peer.Receive(piece));
            if (sent[i] < bodies[i].Length) continue;
            pairs[i].Peer.ShutdownSend();
            Assert.Empty(pairs[i].Peer.ReceiveToEnd());
            Assert.False(pairs[i].Peer.IsReset);
            open.Remove(i);
        }

        for (var i = 0; i < pairs.Count; i++)
        {
            Assert.Equal(Content.Hash(bodies[i]), echoes[i].Get());
            Assert.Equal(Content.Hash(bodies[i]), Content.Hash(received[i].ToArray()));
        }

        Assert.Equal(0, under.Call(() => under.Loop.ConnectionCount));
        Assert.Equal(0, under.Call(() => under.Loop.BlocksRented));

        static async Task<string> EchoAsync(Connection connection)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            while (true)
            {
                var end = await connection.Input.ReceiveAsync();
                var length = connection.Input.BufferedLength;
                hash.AppendData(connection.Input.Buffered);
                // From where they lie, as the proxy relays.
                if (length > 0) Assert.False((await connection.Output.WriteAsync(connection.Input.BufferedMemory)).IsCompleted);
                connection.Input.Advance(length);
                if (end.IsCompleted) break;
            }

            Assert.Equal(ConnectionFailure.None, connection.Failure);
            connection.Close();
            return Convert.ToHexString(hash.GetHashAndReset());
        }
    }
}
