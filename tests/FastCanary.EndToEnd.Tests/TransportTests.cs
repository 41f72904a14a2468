using System.Security.Cryptography;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>The program on the transport of .NET's sockets. What a transport promises is tested in FastCanary.Transport.Conformance.</summary>
public sealed class TransportTests
{
    private const int LargeBytes = 1 << 20;

    private readonly int _port = Ports.Free();

    [Fact]
    public void A_mixed_load_goes_through_on_sockets()
    {
        var large = RandomNumberGenerator.GetBytes(LargeBytes);
        using var origin = new ScriptedOrigin(connection =>
        {
            while (connection.Read() is { } request)
            {
                if (request["Upgrade"] is not null)
                {
                    connection.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
                    while (connection.Wire.TakeSome() is { Length: > 0 } bytes) connection.Wire.Send(bytes);
                    return;
                }

                if (request.Target == "/large")
                {
                    connection.Send($"HTTP/1.1 200 OK\r\nContent-Length: {LargeBytes}\r\n\r\n");
                    connection.Wire.Send(large);
                }
                else
                {
                    connection.Send(ScriptedOrigin.Response(request.Body.Length > 0 ? Hash(request.Body) : request.Target));
                }
            }
        });
        using var proxy = FastCanaryProcess.Start(WithTransport("sockets", origin.Port));
        Assert.Contains("(sockets, 2 loops", proxy.WaitForLog("listening on"), StringComparison.Ordinal);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            using var client = new RawClient(_port);
            for (var i = 0; i < 5; i++)
            {
                for (var j = 0; j < 20; j++) Assert.Equal($"/{j}", client.Get($"/{j}").Text);
                Assert.Equal(Hash(large), Hash(client.Get("/large").Body));
                client.Send("POST / HTTP/1.1\r\nHost: e2e.test\r\nTransfer-Encoding: chunked\r\n\r\n");
                foreach (var chunk in large.Chunk(70_000))
                {
                    client.Send($"{chunk.Length:x}\r\n");
                    client.Send(chunk);
                    client.Send("\r\n");
                }

                client.Send("0\r\n\r\n");
                Assert.Equal(Hash(large), client.Read().Text);
            }

            client.Send("GET /echo HTTP/1.1\r\nHost: e2e.test\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
            Assert.Equal(101, client.Read(toHead: true).Status);
            client.Send("hello");
            Assert.Equal("hello"u8, client.Wire.Take(5));
            client.Finish();
            Assert.True(client.IsEnded());
        });
    }

    [Fact]
    public void A_change_of_the_transport_waits_for_the_next_start()
    {
        using var origin = ScriptedOrigin.Answering("1");
        using var proxy = FastCanaryProcess.Start(WithTransport("sockets", origin.Port));
        proxy.Reload(WithTransport("epoll", origin.Port));
        proxy.WaitForLog("runtime.transport is read at start only");
        using var client = new RawClient(_port);
        Assert.Equal("1", client.Get().Text);
    }

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private string WithTransport(string transport, int origin) =>
        Configuration.Single(_port, origin).Replace("runtime: { loops: 0 }", $"runtime: {{ transport: {transport}, loops: 2 }}", StringComparison.Ordinal);
}
