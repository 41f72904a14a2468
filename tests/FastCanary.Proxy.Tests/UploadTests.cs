using System.Net.Sockets;
using System.Security.Cryptography;

namespace FastCanary.Proxy.Tests;

/// <summary>Request bodies that do not arrive with their head: relayed with back-pressure, ended with their client.</summary>
public sealed class UploadTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Eight_mebibytes_arrive_unchanged(bool chunked)
    {
        using var sum = new BlockingValue<string>();
        using var origin = new Origin(connection =>
        {
            sum.Set(Convert.ToHexString(SHA256.HashData(connection.ReadRequest()!.Body)));
            connection.Answer("ok");
        });
        using var world = new World(origin);
        var body = new byte[8 << 20];
        new Random(1).NextBytes(body);
        var client = world.Connect();
        client.Send($"PUT / HTTP/1.1\r\nHost: a.example\r\n{(chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {body.Length}")}\r\n\r\n");
        var random = new Random(2);
        for (var at = 0; at < body.Length;)
        {
            var piece = Math.Min(body.Length - at, random.Next(1, 200_000));
            if (chunked) client.Send($"{piece:x}\r\n");
            client.Send(body.AsSpan(at, piece).ToArray());
            if (chunked) client.Send("\r\n");
            at += piece;
        }

        if (chunked) client.Send("0\r\n\r\n");
        Assert.Equal("ok", Message.ReadResponse(client)!.Text);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), sum.Get());
    }

    [Fact]
    public void What_a_slow_origin_does_not_take_is_not_taken_from_the_client_and_costs_one_block()
    {
        using var go = new ManualResetEventSlim();
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            go.Wait(Wire.PatienceMs);
            connection.Wire.Read(64 << 20);
            connection.Answer("ok");
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send($"PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: {64 << 20}\r\n\r\n");
        var sent = SendUntilStuck(client.Socket);
        Assert.InRange(sent, 1, 40 << 20);
        Assert.InRange(world.Plane.BlocksRented, 0, 2);
        go.Set();
        client.Send(new byte[(64 << 20) - sent]);
        Assert.Equal("ok", Message.ReadResponse(client)!.Text);
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\nonly this", true)]
    [InlineData("Content-Length: 100\r\n\r\nonly this", false)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", true)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", false)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", false)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhel", false)]
    public void A_client_that_leaves_in_mid_upload_leaves_the_origin_with_nothing_complete(string fieldsAndBody, bool reset)
    {
        using var end = new BlockingValue<bool>();
        using var origin = new Origin(connection =>
        {
            var request = connection.ReadRequest();
            end.Set(request?.IsComplete ?? false);
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\n" + fieldsAndBody);
        World.Eventually(() => origin.Accepted == 1, "the origin is asked");
        if (reset) client.Reset();
        else client.Dispose();
        Assert.False(end.Get());
    }

    [Fact]
    public void A_client_that_only_ends_its_side_in_mid_upload_is_told()
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        var client = world.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100\r\n\r\nonly this");
        client.Finish();
        Assert.Equal(400, Message.ReadResponse(client)!.Status);
        Assert.Equal(EndKind.Closed, client.ReadEnd());
        Assert.DoesNotContain(origin.Requests, request => request.IsComplete);
    }

    [Fact]
    public void A_client_that_resets_while_its_upload_is_stuck_takes_its_exchange_with_it()
    {
        using var end = new BlockingValue<EndKind>();
        using var go = new ManualResetEventSlim();
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            go.Wait(Wire.PatienceMs);
            end.Set(connection.Wire.ReadEnd());
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send($"PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: {64 << 20}\r\n\r\n");
        SendUntilStuck(client.Socket);
        client.Reset();
        // While the origin still takes nothing.
        World.Eventually(() => world.Plane.Sessions == 0, "the session has ended");
        go.Set();
        Assert.NotEqual(EndKind.Open, end.Get());
    }

    private static int SendUntilStuck(Socket socket)
    {
        var sent = 0;
        var piece = new byte[64 << 10];
        socket.Blocking = false;
        for (var stuck = 0; stuck < 40 && sent < 48 << 20;)
        {
            var now = socket.Send(piece, 0, piece.Length, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                sent += now;
                stuck = 0;
                continue;
            }

            stuck++;
            Thread.Sleep(5);
        }

        socket.Blocking = true;
        return sent;
    }
}
