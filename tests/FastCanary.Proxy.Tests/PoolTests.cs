namespace FastCanary.Proxy.Tests;

/// <summary>Upstream connections between exchanges: what is used again, what is sent again (docs/laws.md, 2 and 4).</summary>
public sealed class PoolTests
{
    [Fact]
    public void The_connection_that_was_used_last_is_used_next()
    {
        using var go = new ManualResetEventSlim();
        using var origin = new Origin(connection =>
        {
            while (connection.ReadRequest() is { } request)
            {
                if (request.Target == "/slow") go.Wait(Wire.PatienceMs);
                connection.Answer($"{connection.Index}");
            }
        });
        using var world = new World(origin);
        var first = world.Connect();
        var second = world.Connect();
        first.Send(World.Get("/slow"));
        World.Eventually(() => origin.Requests.Count == 1, "the first is there first");
        second.Send(World.Get("/quick"));
        Assert.Equal("1", Message.ReadResponse(second)!.Text);
        go.Set();
        Assert.Equal("0", Message.ReadResponse(first)!.Text);
        for (var i = 0; i < 5; i++) Assert.Equal("0", world.Ask(World.Get()).Text);
        Assert.Equal(2, origin.Accepted);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public void A_connection_that_its_origin_closed_while_idle_is_not_used(string method)
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Answer("ok");
        });
        using var world = new World(origin);
        var client = world.Connect();
        for (var i = 1; i <= 50; i++)
        {
            client.Send($"{method} / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n");
            Assert.Equal(200, Message.ReadResponse(client)!.Status);
            World.Eventually(() => world.Plane.Connections == 1, "only the client's connection is left");
            Assert.Equal(i, origin.Requests.Count);
        }
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    [InlineData("PUT", true)]
    [InlineData("DELETE", true)]
    [InlineData("OPTIONS", true)]
    [InlineData("POST", false)]
    [InlineData("PATCH", false)]
    [InlineData("FROB", false)]
    [InlineData("get", false)]
    public void A_connection_that_dies_on_its_second_request_costs_only_what_must_not_be_sent_twice(string method, bool isIdempotent)
    {
        foreach (var reset in (bool[])[false, true])
        {
            using var origin = new Origin(connection =>
            {
                connection.ReadRequest();
                connection.Answer("ok", toHead: method == "HEAD");
                // The second one dies without a byte.
                if (connection.ReadRequest() is not null && reset) connection.Wire.Reset();
            });
            using var world = new World(origin);
            var client = world.Connect();
            for (var i = 0; i < 20; i++)
            {
                client.Send($"{method} /{i} HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\n\r\nbody");
                var response = Message.ReadResponse(client, toHead: method == "HEAD")!;
                var tries = origin.Requests.Count(request => request.Target == $"/{i}");
                if (isIdempotent || i % 2 == 0)
                {
                    Assert.Equal(200, response.Status);
                    Assert.Equal(i == 0 || !isIdempotent ? 1 : 2, tries);
                }
                else
                {
                    Assert.Equal(502, response.Status);
                    Assert.Equal(1, tries);
                }
            }

            Assert.All(origin.Requests, request => Assert.Equal("body", request.Text));
        }
    }

    [Fact]
    public void A_request_that_dies_on_a_fresh_connection_too_is_a_502()
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            if (connection.Index > 0) return;
            connection.Answer("ok");
            connection.ReadRequest();
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(World.Get("/1"));
        Assert.Equal(200, Message.ReadResponse(client)!.Status);
        client.Send(World.Get("/2"));
        Assert.Equal(502, Message.ReadResponse(client)!.Status);
        Assert.Equal(2, origin.Requests.Count(request => request.Target == "/2"));
        Assert.Equal(2, origin.Accepted);
    }

    [Fact]
    public void A_fresh_connection_that_dies_is_not_tried_again()
    {
        using var origin = new Origin(connection => connection.ReadRequest());
        using var world = new World(origin);
        Assert.Equal(502, world.Ask(World.Get()).Status);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public void Part_of_a_head_from_a_dying_connection_is_a_502_and_not_sent_again()
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Answer("ok");
            connection.ReadRequest();
            connection.Wire.Send("HTTP/1.1 200 OK\r\nConte");
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(World.Get("/1"));
        Message.ReadResponse(client);
        client.Send(World.Get("/2"));
        Assert.Equal(502, Message.ReadResponse(client)!.Status);
        Assert.Equal(2, origin.Requests.Count);
    }

    [Fact]
    public void Bytes_that_nobody_asked_for_close_an_idle_connection()
    {
        using var end = new BlockingValue<EndKind>();
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Answer("mine");
            if (connection.Index > 0) return;
            Thread.Sleep(50);
            connection.Wire.Send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON");
            end.Set(connection.Wire.ReadEnd());
        });
        using var world = new World(origin);
        Assert.Equal("mine", world.Ask(World.Get()).Text);
        Assert.NotEqual(EndKind.Open, end.Get());
        Assert.Equal("mine", world.Ask(World.Get()).Text);
    }

    [Fact]
    public void An_idle_connection_is_closed_after_its_time()
    {
        using var end = new BlockingValue<EndKind>();
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Answer("ok");
            end.Set(connection.Wire.ReadEnd());
        });
        using var world = new World(new WorldOptions { ServiceTimeouts = "{ upstreamIdle: 300ms }" }, origin);
        world.Ask(World.Get());
        Assert.Equal(EndKind.Closed, end.Get());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", false)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 2\r\n\r\nok", false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true)]
    public void Only_a_connection_that_stays_is_used_again(string answer, bool stays)
    {
        using var origin = Origin.Saying(answer);
        using var world = new World(origin);
        var client = world.Connect();
        for (var i = 0; i < 3; i++)
        {
            client.Send(World.Get());
            Assert.Equal("ok", Message.ReadResponse(client)!.Text);
        }

        Assert.Equal(stays ? 1 : 3, origin.Accepted);
    }

    [Fact]
    public void A_reload_that_drops_an_endpoint_closes_its_idle_connections()
    {
        using var end = new BlockingValue<EndKind>();
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Answer("ok");
            end.Set(connection.Wire.ReadEnd());
        });
        using var world = new World(origin);
        world.Ask(World.Get());
        world.Apply(new WorldOptions { DeadUpstream = World.NextPort() });
        Assert.Equal(EndKind.Closed, end.Get());
    }
}
