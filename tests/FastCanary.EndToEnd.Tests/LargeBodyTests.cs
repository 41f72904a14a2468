using System.Security.Cryptography;
using System.Text;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

[Collection(LoadCollection.Name)]
public sealed class LargeBodyTests
{
    private const int Bytes = 64 << 20;

    // Far less than a body: what the proxy holds of it is bounded.
    private const long ResidentGrowthKiBMax = 24 * 1024;

    private readonly int _port = Ports.Free();

    [Fact]
    public void A_response_of_64_MiB_arrives_from_nginx_byte_for_byte()
    {
        var content = Content();
        var upstream = Ports.Free();
        using var nginx = new NginxProcess($$"""server { listen 127.0.0.1:{{upstream}}; root $FOLDER; sendfile on; }""", [upstream], [("large", content)]);
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, upstream));
        using var client = new RawClient(_port);
        for (var i = 0; i < 2; i++)
        {
            var answer = client.Get("/large");
            Assert.Equal($"{Bytes}", answer["Content-Length"]);
            Assert.Equal(Hash(content), Hash(answer.Body));
        }
    }

    [Fact]
    public void A_chunked_response_of_64_MiB_arrives_byte_for_byte()
    {
        var content = Content();
        using var origin = new ScriptedOrigin(connection =>
        {
            while (connection.Read() is not null)
            {
                connection.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                SendChunks(connection.Wire, content);
            }
        });
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        Assert.Equal(Hash(content), Hash(client.Get().Body));
        Assert.Equal(Hash(content), Hash(client.Get().Body));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_upload_of_64_MiB_arrives_byte_for_byte(bool chunked)
    {
        var content = Content();
        using var origin = ScriptedOrigin.Answering(static request => ScriptedOrigin.Response(Hash(request.Body)));
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        for (var i = 0; i < 2; i++)
        {
            client.Send($"POST / HTTP/1.1\r\nHost: e2e.test\r\n{(chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {Bytes}")}\r\n\r\n");
            if (chunked) SendChunks(client.Wire, content);
            else client.Send(content);
            Assert.Equal(Hash(content), client.Read().Text);
        }
    }

    [Fact]
    public void A_slow_reader_gets_everything_and_the_proxy_does_not_hold_it_meanwhile()
    {
        var content = Content();
        using var origin = new ScriptedOrigin(connection =>
        {
            while (connection.Read() is not null)
            {
                connection.Send($"HTTP/1.1 200 OK\r\nContent-Length: {Bytes}\r\n\r\n");
                connection.Wire.Send(content);
            }
        });
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using (var warm = new RawClient(_port)) warm.Get();
        var before = proxy.ResidentKiB();
        using var client = new RawClient(_port, receiveBufferBytes: 64 * 1024);
        client.Send(RawClient.Request());
        var head = client.Read(toHead: true);
        Thread.Sleep(2000);
        Assert.InRange(proxy.ResidentKiB(), 0, before + ResidentGrowthKiBMax);
        Assert.Equal(Hash(content), Hash(client.Wire.ReadBody(head, isResponse: true).Body));
    }

    [Fact]
    public async Task A_slow_origin_gets_everything_and_the_proxy_does_not_hold_it_meanwhile()
    {
        var content = Content();
        using var go = new ManualResetEventSlim();
        using var origin = new ScriptedOrigin(connection =>
        {
            while (connection.Wire.ReadHead() is { } head)
            {
                if (head.Target == "/slow") go.Wait(Eventually.Patience);
                connection.Send(ScriptedOrigin.Response(Hash(connection.Wire.ReadBody(head, isResponse: false).Body)));
            }
        });
        using var proxy = FastCanaryProcess.Start(Configuration.Single(_port, origin.Port));
        using var client = new RawClient(_port);
        Assert.Equal(Hash(content), client.Post(content).Text);
        var before = proxy.ResidentKiB();
        var upload = Task.Run(() => client.Post(content, "/slow").Text);
        Thread.Sleep(2000);
        Assert.InRange(proxy.ResidentKiB(), 0, before + ResidentGrowthKiBMax);
        Assert.False(upload.IsCompleted);
        go.Set();
        Assert.Equal(Hash(content), await upload);
    }

    private static byte[] Content()
    {
        var content = new byte[Bytes];
        new Random(1).NextBytes(content);
        return content;
    }

    private static string Hash(byte[] content) => Convert.ToHexString(SHA256.HashData(content));

    // Of sizes from a byte to a mebibyte.
    private static void SendChunks(Wire wire, byte[] content)
    {
        var random = new Random(2);
        for (var sent = 0; sent < content.Length;)
        {
            var size = Math.Min(content.Length - sent, 1 + random.Next(1 << random.Next(1, 20)));
            wire.Send(Encoding.Latin1.GetBytes($"{size:X}\r\n"));
            wire.Send(content.AsSpan(sent, size));
            wire.Send("\r\n"u8);
            sent += size;
        }

        wire.Send("0\r\n\r\n"u8);
    }
}
