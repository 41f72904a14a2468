using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace FastCanary.Proxy.Tests;

/// <summary>The data path allocates nothing per keep-alive request (docs/laws.md, 9). Alone, and in Release: a Debug build's async methods are objects.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int Connections = 8;
    private const int Pipelined = 50;
    private const int WarmUpRounds = 50;
    private const int MeasuredRounds = 250;

    // What is made once and kept: for each client a block and 16 upstream connections with their exchanges, when its pipelined requests meet for the
    // first time; a table that grows. The smallest object per request would be 24 bytes, 2.4 MB in all.
    private const long AllowedBytes = Connections * 16 * 2048;

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nUser-Agent: test\r\nAccept: */*\r\nX-End: ~\r\n\r\n", "\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 32\r\n\r\n0123456789012345678901234567890~", "~")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n012345678901234~\r\n0\r\n\r\n", "~\r\n0\r\n\r\n")]
    [InlineData("PUT / HTTP/1.1\r\nHost: a.example\r\nX-Note: a body that blocks cut, so that it becomes an upload\r\nContent-Length: 3000\r\n\r\n*~", "~")]
    public void No_managed_byte_per_request(string request, string end)
    {
        var isDebug = typeof(DataPlane).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };
        Assert.SkipWhen(isDebug, "only a Release build says something");
        request = request.Replace("*~", new string('.', 2999) + "~");
        const string Answer = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\n\r\nhello";
        using var origin = new Origin(connection => AnswerEach(connection, Encoding.Latin1.GetBytes(end), Encoding.Latin1.GetBytes(Answer)));
        using var world = new World(origin);
        world.Ask(request);
        RunClients(world.Port, request, WarmUpRounds);
        var before = world.Plane.OnEachLoop(GC.GetAllocatedBytesForCurrentThread)[0];
        RunClients(world.Port, request, MeasuredRounds);
        var allocated = world.Plane.OnEachLoop(GC.GetAllocatedBytesForCurrentThread)[0] - before;
        var perConnection = Connections * PerConnectionBytes(world.Port, world.Plane);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{allocated} bytes for {Connections * Pipelined * MeasuredRounds} requests on {Connections} connections"));
        Assert.InRange(allocated, 0, perConnection + AllowedBytes);
        World.Eventually(() => world.Plane.Count(ExchangeOutcome.Completed) == 1 + (Connections * Pipelined * (WarmUpRounds + MeasuredRounds)), "every exchange is counted");
    }

    // A connection's own objects are paid when it is made, not per request.
    private static long PerConnectionBytes(int port, DataPlane plane)
    {
        const int Sample = 16;
        var before = plane.OnEachLoop(GC.GetAllocatedBytesForCurrentThread)[0];
        for (var i = 0; i < Sample; i++)
        {
            using var client = Wire.Connect(port);
            client.Send("x");
        }

        World.Eventually(() => plane.Sessions == 0, "the sample has gone");
        return (plane.OnEachLoop(GC.GetAllocatedBytesForCurrentThread)[0] - before) / Sample;
    }

    private static void RunClients(int port, string request, int rounds)
    {
        var batch = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(request, Pipelined)));
        var clients = Enumerable.Range(0, Connections).Select(_ => new Thread(() =>
        {
            using var client = Wire.Connect(port);
            client.Send(request);
            var response = Message.ReadResponse(client)!;
            var bytes = response.Head.Length + response.Body.Length;
            client.Send(batch.AsSpan(request.Length).ToArray());
            client.Read(bytes * (Pipelined - 1));
            for (var i = 1; i < rounds; i++)
            {
                client.Send(batch);
                client.Read(bytes * Pipelined);
            }
        })).ToList();
        clients.ForEach(client => client.Start());
        clients.ForEach(client => client.Join());
    }

    // The proxy sends one request at a time on a connection: it is complete when the bytes end as it does.
    private static void AnswerEach(OriginConnection connection, byte[] end, byte[] answer)
    {
        var buffer = new byte[16 << 10];
        var length = 0;
        while (true)
        {
            var received = connection.Wire.Socket.Receive(buffer.AsSpan(length));
            if (received == 0) return;
            length += received;
            if (!buffer.AsSpan(0, length).EndsWith(end)) continue;
            length = 0;
            connection.Wire.Socket.Send(answer);
        }
    }
}
