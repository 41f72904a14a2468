namespace FastCanary.Proxy.Tests;

/// <summary>What two parsers of a response could read differently is a 502, and its connection serves nobody after (docs/laws.md, 1 and 2).</summary>
public sealed class MalformedResponseTests
{
    [Theory]
    [InlineData("HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 +20 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("ICY 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("hello there\r\n\r\n")]
    [InlineData("\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    public void A_malformed_head_is_a_502_and_its_connection_is_closed(string answer)
    {
        foreach (var cut in Enum.GetValues<Cut>())
        {
            using var ends = new BlockingValue<EndKind>();
            using var origin = new Origin(connection =>
            {
                connection.ReadRequest();
                connection.Wire.Cut = cut;
                connection.Wire.TrySend(answer);
                ends.Set(connection.Wire.ReadEnd());
            });
            using var world = new World(origin);
            var client = world.Connect();
            client.Send(World.Get());
            var response = Message.ReadResponse(client)!;
            Assert.Equal(502, response.Status);
            Assert.True(response.IsComplete);
            Assert.NotEqual(EndKind.Open, ends.Get());
            World.Eventually(() => world.Plane.Count(ExchangeOutcome.ResponseMalformed) == 1, "counted");
            // The client's own framing was never in doubt.
            client.Send(World.Get());
            Assert.Equal(502, Message.ReadResponse(client)!.Status);
            Assert.Equal(2, origin.Accepted);
        }
    }

    [Theory]
    [InlineData(Cut.Whole)]
    [InlineData(Cut.Random)]
    public void A_head_over_its_limit_is_a_502(Cut cut)
    {
        var filler = string.Concat(Enumerable.Range(0, 10).Select(i => $"X-{i}: {new string('x', 200)}\r\n"));
        using var origin = Origin.Saying($"HTTP/1.1 200 OK\r\n{filler}Content-Length: 2\r\n\r\nok", cut);
        using var world = new World(new WorldOptions { ServiceLimits = "{ responseHead: 2KiB }" }, origin);
        Assert.Equal(502, world.Ask(World.Get()).Status);
        world.Apply(new WorldOptions { ServiceLimits = "{ responseHead: 4KiB }" });
        Assert.Equal("ok", world.Ask(World.Get()).Text);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    public void Bytes_behind_a_complete_response_reach_nobody(string answer)
    {
        const string Poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON";
        foreach (var delayMs in (int[])[-1, 0, 30])
        {
            foreach (var cut in Enum.GetValues<Cut>())
            {
                using var poisoned = new BlockingValue<bool>();
                using var origin = new Origin(connection =>
                {
                    connection.Wire.Cut = cut;
                    for (var first = true; connection.ReadRequest() is not null; first = false)
                    {
                        if (connection.Index > 0 || !first)
                        {
                            connection.Answer("mine");
                            continue;
                        }

                        connection.Wire.TrySend(delayMs < 0 ? answer + Poison : answer);
                        if (delayMs >= 0) Thread.Sleep(delayMs);
                        if (delayMs >= 0) connection.Wire.TrySend(Poison);
                        poisoned.Set(true);
                    }
                });
                using var world = new World(origin);
                var attacker = world.Connect();
                attacker.Send(World.Get("/attack"));
                Assert.NotEqual("POISON", Message.ReadResponse(attacker)!.Text);
                // Not later: what comes behind a victim's request is its response, and nobody can tell otherwise.
                poisoned.Get();
                for (var i = 0; i < 2; i++) Assert.Equal("mine", world.Ask(World.Get("/victim")).Text);
                attacker.Send(World.Get("/again"));
                Assert.Equal("mine", Message.ReadResponse(attacker)!.Text);
                Assert.Equal(2, origin.Accepted);
            }
        }
    }

    [Theory]
    [InlineData("5\r\nhelloX\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello\r\nx\r\n")]
    [InlineData("5;a\n\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello\r\n0\r\nbad trailer\r\n\r\n")]
    [InlineData("g\r\n")]
    [InlineData("\r\n")]
    public void A_malformed_chunked_body_never_looks_complete(string body)
    {
        foreach (var cut in Enum.GetValues<Cut>())
        {
            using var origin = Origin.Saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body, cut);
            using var world = new World(origin);
            foreach (var version in (string[])["1.1", "1.0"])
            {
                var client = world.Connect();
                client.Send($"GET / HTTP/{version}\r\nHost: a.example\r\n\r\n");
                var response = Message.ReadResponse(client);
                Assert.False(response?.IsComplete ?? false);
                client.ReadEnd();
                Assert.NotEqual(EndKind.Open, client.End);
            }

            World.Eventually(() => world.Plane.Count(ExchangeOutcome.ResponseMalformed) == 2, "counted");
        }
    }
}
