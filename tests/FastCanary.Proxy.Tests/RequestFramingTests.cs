using System.Globalization;

namespace FastCanary.Proxy.Tests;

/// <summary>RFC 9112, sections 6 and 7, end to end: where a request's body ends, and that nothing else may think otherwise.</summary>
public sealed class RequestFramingTests
{
    [Theory]
    [InlineData(Cut.Whole)]
    [InlineData(Cut.Bytes)]
    [InlineData(Cut.Random)]
    public void A_body_with_a_length_arrives_as_it_was_sent(Cut cut)
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        Assert.Equal("POST / hello world", world.Ask(World.Post("hello world"), cut).Text);
        Assert.Equal("11", origin.Requests.Single()["Content-Length"]);
        Assert.Null(origin.Requests.Single()["Transfer-Encoding"]);
    }

    [Theory]
    [InlineData(Cut.Whole)]
    [InlineData(Cut.Bytes)]
    [InlineData(Cut.Random)]
    public void A_chunked_body_arrives_without_its_extensions_and_with_the_trailers_it_announced(Cut cut)
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        var response = world.Ask(
            "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5;a=b;c=\"d;\\\"\"\r\nhello\r\n00006 ; x\r\n world\r\n0\r\nX-Sum: 7\r\nX-Other: 8\r\n\r\n",
            cut);
        Assert.Equal("POST / hello world", response.Text);
        var seen = origin.Requests.Single();
        Assert.True(seen.IsComplete);
        Assert.Equal([5, 6, 0], seen.Chunks);
        Assert.Equal(["X-Sum: 7"], seen.Trailers);
        Assert.Equal("chunked", seen["Transfer-Encoding"]);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    public void An_empty_body_is_complete_at_once(string request)
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        var client = world.Connect();
        for (var i = 0; i < 3; i++)
        {
            client.Send(request);
            Assert.Equal("POST / ", Message.ReadResponse(client)!.Text);
        }

        Assert.Equal(1, origin.Accepted);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400)]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400)]
    [InlineData("Content-Length: 5, 5\r\n\r\nhello", 400)]
    [InlineData("Content-Length: +5\r\n\r\nhello", 400)]
    [InlineData("Content-Length: -1\r\n\r\n", 400)]
    [InlineData("Content-Length: 0x5\r\n\r\nhello", 400)]
    [InlineData("Content-Length: 5 5\r\n\r\nhello", 400)]
    [InlineData("Content-Length:\r\n\r\n", 400)]
    [InlineData("Content-Length: 99999999999999999999\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: identity\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5;a\nb\r\nhello\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nbad trailer\r\n\r\n", 400)]
    public void What_can_be_read_in_two_ways_is_refused_and_the_origin_sees_nothing_complete(string fieldsAndBody, int status)
    {
        foreach (var cut in Enum.GetValues<Cut>())
        {
            using var origin = Origin.Echo();
            using var world = new World(origin);
            var client = world.Connect(cut);
            client.TrySend("POST /bad HTTP/1.1\r\nHost: a.example\r\n" + fieldsAndBody + World.Get("/smuggled"));
            var response = Message.ReadResponse(client)!;
            Assert.Equal(status, response.Status);
            Assert.Equal("close", response["Connection"]);
            Assert.Empty(client.ReadToEnd());
            Assert.Equal(EndKind.Closed, client.End);
            world.AssertNothingLeft();
            Assert.DoesNotContain(origin.Requests, request => request.IsComplete);
        }
    }

    [Fact]
    public void A_transfer_coding_in_http_1_0_is_refused()
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        Assert.Equal(400, world.Ask("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").Status);
        Assert.Equal(0, origin.Accepted);
    }

    [Theory]
    [InlineData(Cut.Whole)]
    [InlineData(Cut.Bytes)]
    [InlineData(Cut.Random)]
    public void Pipelined_requests_with_bodies_of_every_kind_are_answered_in_order(Cut cut)
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        var client = world.Connect(cut);
        client.Send(
            World.Post("one", "/1") +
            World.PostChunked("3\r\ntwo\r\n0\r\n\r\n", "/2") +
            World.Get("/3") +
            "GET /4 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\n\r\nfour" +
            "DELETE /5 HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nf\r\n3\r\nive\r\n0\r\n\r\n" +
            "\r\n" + World.Post("", "/6") +
            "FROB /7 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nseven");
        string[] answers = ["POST /1 one", "POST /2 two", "GET /3 ", "GET /4 four", "DELETE /5 five", "POST /6 ", "FROB /7 seven"];
        foreach (var answer in answers) Assert.Equal(answer, Message.ReadResponse(client)!.Text);
        Assert.Equal(1, origin.Accepted);
    }

    [Theory]
    [InlineData(Cut.Whole)]
    [InlineData(Cut.Random)]
    public void Bodies_around_every_block_size_come_through_both_ways(Cut cut)
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        var client = world.Connect(cut);
        var head = World.Post("", "/").Length;
        foreach (var block in (int[])[4096, 16384, 65536, 262144])
        {
            // The body, and head and body together, end at and around the block's end.
            foreach (var size in (int[])[block - 1, block, block + 1, block - head - 5, block - head - 4, block - head - 3, block - head - 2, block - head - 1, block - head])
            {
                var body = Pattern(size);
                client.Send(World.Post(body));
                Assert.Equal("POST / " + body, Message.ReadResponse(client)!.Text);
                client.Send(World.PostChunked(string.Create(CultureInfo.InvariantCulture, $"{size:x}\r\n{body}\r\n0\r\n\r\n")));
                Assert.Equal("POST / " + body, Message.ReadResponse(client)!.Text);
            }
        }

        Assert.Equal(1, origin.Accepted);
    }

    [Fact]
    public void Thousands_of_tiny_chunks_come_through()
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        var client = world.Connect(Cut.Random);
        client.Send(World.PostChunked(string.Concat(Enumerable.Repeat("1\r\nx\r\n2\r\nyz\r\n", 20_000)) + "0\r\n\r\n"));
        Assert.Equal("POST / " + string.Concat(Enumerable.Repeat("xyz", 20_000)), Message.ReadResponse(client)!.Text);
    }

    private static string Pattern(int size) => string.Create(size, size, static (span, seed) =>
    {
        for (var i = 0; i < span.Length; i++) span[i] = (char)('!' + ((i + seed) % 89));
    });
}
