using System.Text;

namespace FastCanary.Proxy.Tests;

/// <summary>RFC 9112, 6.3, towards the client: each way in which a response's body can end.</summary>
public sealed class ResponseFramingTests
{
    public static TheoryData<string, bool, Cut> Responses()
    {
        var data = new TheoryData<string, bool, Cut>();
        foreach (var cut in Enum.GetValues<Cut>())
        {
            data.Add("HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-Own: 1\r\n\r\nhello world", false, cut);
            data.Add("HTTP/1.0 200 OK\r\nContent-Length: 11\r\nX-Own: 1\r\n\r\nhello world", false, cut);
            data.Add("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Own: 1\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", false, cut);
            data.Add("HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\nX-Own: 1\r\n\r\n5;x=\"y\"\r\nhello\r\n006\r\n world\r\n000\r\nX-Sum: 1\r\n\r\n", false, cut);
            data.Add("HTTP/1.1 200 OK\r\nX-Own: 1\r\n\r\nhello world", true, cut);
            data.Add("HTTP/1.0 200 OK\r\nX-Own: 1\r\n\r\nhello world", true, cut);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Responses))]
    public void Every_framing_reaches_an_http_1_1_client_framed(string answer, bool originCloses, Cut cut)
    {
        using var origin = originCloses ? Origin.SayingAndClosing(answer, cut) : Origin.Saying(answer, cut);
        using var world = new World(origin);
        var client = world.Connect(cut);
        for (var i = 0; i < 3; i++)
        {
            client.Send(World.Get());
            var response = Message.ReadResponse(client)!;
            Assert.Equal(200, response.Status);
            Assert.Equal("hello world", response.Text);
            Assert.True(response.IsComplete);
            Assert.False(response.EndedAtClose);
            Assert.Equal("1", response["X-Own"]);
            Assert.Null(response["Connection"]);
            Assert.Equal(answer.Contains("Length", StringComparison.Ordinal) ? null : "chunked", response["Transfer-Encoding"]);
        }
    }

    [Theory]
    [MemberData(nameof(Responses))]
    public void Every_framing_reaches_an_http_1_0_client_without_chunks(string answer, bool originCloses, Cut cut)
    {
        using var origin = originCloses ? Origin.SayingAndClosing(answer, cut) : Origin.Saying(answer, cut);
        using var world = new World(origin);
        var client = world.Connect(cut);
        client.Send("GET / HTTP/1.0\r\n\r\n");
        var response = Message.ReadResponse(client)!;
        Assert.Equal("hello world", response.Text);
        Assert.True(response.IsComplete);
        Assert.Null(response["Transfer-Encoding"]);
        Assert.Empty(response.Trailers);
        Assert.Equal("close", response["Connection"]);
        Assert.Empty(client.ReadToEnd());
        Assert.Equal(EndKind.Closed, client.End);
    }

    [Theory]
    [InlineData(Cut.Whole)]
    [InlineData(Cut.Bytes)]
    [InlineData(Cut.Random)]
    public void A_trailer_of_a_response_goes_on(Cut cut)
    {
        using var origin = Origin.Saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\nContent-Length: 9\r\n\r\n", cut);
        using var world = new World(origin);
        var client = world.Connect(cut);
        for (var i = 0; i < 2; i++)
        {
            client.Send(World.Get());
            var response = Message.ReadResponse(client)!;
            Assert.True(response.IsComplete);
            Assert.Equal(["X-Sum: 7"], response.Trailers);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", "11")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", null)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", null)]
    public void The_answer_to_head_has_no_body_and_the_connections_go_on(string answer, string? length)
    {
        foreach (var cut in Enum.GetValues<Cut>())
        {
            using var origin = Origin.Saying(answer, cut);
            using var world = new World(origin);
            var client = world.Connect(cut);
            for (var i = 0; i < 3; i++)
            {
                client.Send("HEAD / HTTP/1.1\r\nHost: a.example\r\n\r\n");
                var response = Message.ReadResponse(client, toHead: true)!;
                Assert.Equal(200, response.Status);
                Assert.Equal(length, response["Content-Length"]);
            }

            Assert.Equal(1, origin.Accepted);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", true)]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", true)]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", false)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\nETag: \"a\"\r\n\r\n", true)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", true)]
    public void A_status_without_a_body_ends_with_its_head(string answer, bool upstreamGoesOn)
    {
        foreach (var cut in Enum.GetValues<Cut>())
        {
            using var origin = Origin.Saying(answer, cut);
            using var world = new World(origin);
            var client = world.Connect(cut);
            for (var i = 0; i < 3; i++)
            {
                client.Send(World.Get());
                var response = Message.ReadResponse(client)!;
                Assert.True(response.Status is 204 or 304);
                if (response.Status == 204) Assert.Null(response["Content-Length"]);
                Assert.Null(response["Transfer-Encoding"]);
            }

            Assert.Equal(upstreamGoesOn ? 1 : 3, origin.Accepted);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 205 Reset Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    public void A_205_is_framed_like_any_other(string answer)
    {
        using var origin = Origin.Saying(answer);
        using var world = new World(origin);
        var client = world.Connect();
        for (var i = 0; i < 3; i++)
        {
            client.Send(World.Get());
            var response = Message.ReadResponse(client)!;
            Assert.Equal(205, response.Status);
            Assert.Empty(response.Body);
            Assert.True(response.IsComplete);
        }
    }

    [Theory]
    [InlineData("Content-Length: 5000000\r\n\r\n", 5_000_000, false)]
    [InlineData("\r\n", 5_000_000, true)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", 0, false)]
    public void A_large_response_arrives_unchanged_at_a_slow_reader(string framing, int plainBytes, bool closes)
    {
        var body = new byte[5_000_000];
        new Random(3).NextBytes(body);
        using var origin = new Origin(connection =>
        {
            while (connection.ReadRequest() is not null)
            {
                connection.Wire.Send("HTTP/1.1 200 OK\r\n" + framing);
                if (plainBytes > 0) connection.Wire.Send(body);
                var random = new Random(4);
                for (var at = 0; plainBytes == 0 && at < body.Length;)
                {
                    var piece = Math.Min(body.Length - at, random.Next(1, 150_000));
                    connection.Wire.Send([.. Encoding.Latin1.GetBytes($"{piece:x}\r\n"), .. body.AsSpan(at, piece), 13, 10]);
                    at += piece;
                }

                if (plainBytes == 0) connection.Wire.Send("0\r\n\r\n");
                if (closes) return;
            }
        });
        using var world = new World(origin);
        foreach (var version in (string[])["1.1", "1.0"])
        {
            var client = world.Connect();
            client.Socket.ReceiveBufferSize = 64 << 10;
            client.Send($"GET / HTTP/{version}\r\nHost: a.example\r\n\r\n");
            client.HasInput(Wire.PatienceMs);
            // By then all buffers on the way are full.
            Thread.Sleep(200);
            Assert.InRange(world.Plane.BlocksRented, 0, 3);
            var response = Message.ReadResponse(client)!;
            Assert.True(response.IsComplete);
            Assert.True(body.AsSpan().SequenceEqual(response.Body));
        }
    }

    [Fact]
    public void A_response_without_a_date_gets_one_and_one_with_a_date_keeps_it()
    {
        using var without = Origin.Saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var world = new World(without);
        Assert.True(DateTimeOffset.TryParseExact(world.Ask(World.Get())["Date"], "r", null, default, out var date));
        Assert.InRange(date, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));

        using var with = Origin.Saying("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n");
        using var other = new World(with);
        Assert.Equal("Sun, 06 Nov 1994 08:49:37 GMT", other.Ask(World.Get())["Date"]);
    }

    [Fact]
    public void An_http_1_0_client_that_asks_for_it_keeps_its_connection()
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        var client = world.Connect();
        for (var i = 0; i < 3; i++)
        {
            client.Send($"GET /{i} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            var response = Message.ReadResponse(client)!;
            Assert.Equal("keep-alive", response["Connection"]);
            Assert.Equal($"GET /{i} ", response.Text);
        }
    }

    [Fact]
    public void Responses_around_every_block_size_leave_the_upstream_connection_usable()
    {
        using var origin = new Origin(connection =>
        {
            while (connection.ReadRequest() is { } request) connection.Answer(new string('x', int.Parse(request.Target[1..])));
        });
        using var world = new World(origin);
        var client = world.Connect();
        foreach (var block in (int[])[4096, 16384, 65536])
        {
            for (var size = block - 50; size < block + 5; size++)
            {
                client.Send(World.Get($"/{size}"));
                Assert.Equal(size, Message.ReadResponse(client)!.Body.Length);
            }
        }

        Assert.Equal(1, origin.Accepted);
    }
}
