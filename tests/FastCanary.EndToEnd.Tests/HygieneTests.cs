using System.Net.Sockets;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>What is left behind when clients have behaved badly: nothing.</summary>
[Collection(LoadCollection.Name)]
public sealed class HygieneTests(ITestOutputHelper output)
{
    private const int Connections = 2000;
    private const int AtOnce = 40;

    // 32 idle pipes a loop (docs/decisions/0009-splice.md), and what the program was started with.
    private static readonly int PipeEndsMax = (64 * Environment.ProcessorCount) + 8;

    [Fact]
    public void Two_thousand_connections_with_random_aborts_leave_no_descriptor_and_little_memory()
    {
        var large = new string('x', 200_000);
        using var origin = ScriptedOrigin.Answering(request => ScriptedOrigin.Response(request.Target == "/large" ? large : "1"));
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Configuration.Single(port, origin.Port, service: "timeouts: { upstreamIdle: 500ms, response: 5s, responseBody: 5s }"));

        // One round before the measurement: code, pools and threads that stay are there.
        Misbehave(port, seed: 1);
        var settled = Settle(proxy, int.MaxValue);
        var resident = proxy.ResidentKiB();
        Misbehave(port, seed: 2);
        var after = Settle(proxy, settled);
        output.WriteLine($"descriptors {settled} -> {after}, resident {resident} -> {proxy.ResidentKiB()} KiB");
        Assert.True(after <= settled, $"{after} descriptors are open, {settled} were before");
        Assert.InRange(proxy.OpenPipeEnds(), 0, PipeEndsMax);
        Assert.InRange(proxy.ResidentKiB(), 0, resident + (16 * 1024));
        using var client = new RawClient(port);
        Assert.Equal("1", client.Get().Text);
    }

    private static void Misbehave(int port, int seed)
    {
        var left = Connections;
        var threads = Enumerable.Range(0, AtOnce).Select(i => new Thread(() =>
        {
            var random = new Random((seed * 1000) + i);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                try
                {
                    ConnectOnce(port, random);
                }
                catch (Exception e) when (e is SocketException or IOException)
                {
                    // Whoever breaks rules may be cut off.
                }
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) Assert.True(thread.Join(TimeSpan.FromSeconds(60)));
    }

    private static void ConnectOnce(int port, Random random)
    {
        using var client = new RawClient(port);
        switch (random.Next(10))
        {
            case 0:
                break;
            case 1:
                client.Abort();
                break;
            case 2:
                client.Send("GET / HTTP/1.1\r\nHo");
                client.Abort();
                break;
            case 3:
                client.Send(RawClient.Request("/large"));
                client.Abort();
                break;
            case 4:
                client.Send(RawClient.Request("/large"));
                client.Read(toHead: true);
                client.Abort();
                break;
            case 5:
                client.Send("POST / HTTP/1.1\r\nHost: e2e.test\r\nContent-Length: 1000000\r\n\r\n");
                client.Send(new byte[random.Next(100_000)]);
                client.Abort();
                break;
            case 6:
                client.Send("nonsense\r\n\r\n");
                Assert.Equal(400, client.Read().Status);
                break;
            case 7:
                client.Send(RawClient.Request("/large"));
                client.Finish();
                break;
            case 8:
                client.Send(string.Concat(Enumerable.Repeat(RawClient.Request("/large"), 5)));
                client.Read();
                break;
            default:
                client.Get();
                client.Get("/large");
                break;
        }
    }

    /// <summary>The number of descriptors, without the pipes that are kept, once it has stopped to fall, or has come down to <paramref name="target"/>.</summary>
    private static int Settle(FastCanaryProcess proxy, int target)
    {
        var least = int.MaxValue;
        var unchangedSince = Environment.TickCount64;
        Eventually.Within(Eventually.Patience, () =>
        {
            var now = proxy.OpenDescriptors() - proxy.OpenPipeEnds();
            if (now < least) (least, unchangedSince) = (now, Environment.TickCount64);
            // The bad requests' connections linger for five seconds at the most, the idle upstream ones for half a second.
            return (target < int.MaxValue && now <= target) || (target == int.MaxValue && Environment.TickCount64 - unchangedSince > 6000);
        });
        return least;
    }
}
