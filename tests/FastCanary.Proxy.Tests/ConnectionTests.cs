using System.Net.Sockets;

namespace FastCanary.Proxy.Tests;

/// <summary>The life of a client connection: RFC 9112, section 9.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public void One_connection_serves_many_requests_over_one_upstream_connection()
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        var client = world.Connect();
        for (var i = 0; i < 500; i++)
        {
            client.Send(World.Get($"/{i}"));
            Assert.Equal($"GET /{i} ", Message.ReadResponse(client)!.Text);
        }

        Assert.Equal(1, origin.Accepted);
        World.Eventually(() => world.Plane.Count(ExchangeOutcome.Completed) == 500, "every exchange is counted");
    }

    [Theory]
    [InlineData(Cut.Whole)]
    [InlineData(Cut.Bytes)]
    [InlineData(Cut.Random)]
    public void Pipelined_requests_are_answered_in_order_also_when_the_first_is_slow(Cut cut)
    {
        using var origin = new Origin(connection =>
        {
            while (connection.ReadRequest() is { } request)
            {
                if (request.Target == "/0") Thread.Sleep(100);
                connection.Answer(request.Target);
            }
        });
        using var world = new World(origin);
        var client = world.Connect(cut);
        client.Send(string.Concat(Enumerable.Range(0, 50).Select(i => World.Get($"/{i}"))));
        for (var i = 0; i < 50; i++) Assert.Equal($"/{i}", Message.ReadResponse(client)!.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_that_leaves_takes_its_upstream_exchange_with_it(bool reset)
    {
        using var asked = new BlockingValue<bool>();
        using var end = new BlockingValue<EndKind>();
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            asked.Set(true);
            end.Set(connection.Wire.ReadEnd());
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(World.Get());
        asked.Get();
        if (reset) client.Reset();
        else client.Dispose();
        // At once, or after a second's grace: long before the response's time is over.
        Assert.NotEqual(EndKind.Open, end.Get());
        World.Eventually(() => world.Plane.Count(ExchangeOutcome.ClientGone) == 1, "counted");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_that_leaves_in_mid_response_takes_its_upstream_exchange_with_it(bool reset)
    {
        using var end = new BlockingValue<EndKind>();
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Wire.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
            end.Set(connection.Wire.ReadEnd());
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(World.Get());
        Message.ReadHead(client);
        if (reset) client.Reset();
        else client.Dispose();
        Assert.NotEqual(EndKind.Open, end.Get());
    }

    [Fact]
    public void A_client_that_leaves_while_others_wait_costs_the_others_nothing()
    {
        using var origin = new Origin(connection =>
        {
            while (connection.ReadRequest() is { } request)
            {
                Thread.Sleep(100);
                connection.Answer(request.Target);
            }
        });
        using var world = new World(origin);
        var stays = world.Connect();
        var leaves = world.Connect();
        stays.Send(World.Get("/stays"));
        leaves.Send(World.Get("/leaves"));
        leaves.Reset();
        Assert.Equal("/stays", Message.ReadResponse(stays)!.Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    public void A_half_closed_client_gets_an_answer_that_comes_soon(int delayMs)
    {
        using var origin = new Origin(connection =>
        {
            while (connection.ReadRequest() is { } request)
            {
                Thread.Sleep(delayMs);
                connection.Answer(request.Target + new string('x', 500_000));
            }
        });
        using var world = new World(origin);
        World.BelieveInHalfClosed(world.Plane);
        var client = world.Connect();
        client.Send(World.Get("/1") + World.Get("/2"));
        client.Finish();
        Assert.Equal(500_002, Message.ReadResponse(client)!.Body.Length);
        Assert.Equal(500_002, Message.ReadResponse(client)!.Body.Length);
        Assert.Empty(client.ReadToEnd());
        Assert.Equal(EndKind.Closed, client.End);
    }

    [Fact]
    public void An_idle_connection_is_closed_without_a_word()
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { ListenerTimeouts = "{ idle: 300ms }" }, origin);
        var client = world.Connect();
        client.Send(World.Get());
        Message.ReadResponse(client);
        Assert.Empty(client.ReadToEnd());
        Assert.Equal(EndKind.Closed, client.End);
    }

    [Fact]
    public void A_connection_that_never_says_anything_is_closed_without_a_word()
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { ListenerTimeouts = "{ requestHead: 300ms }" }, origin);
        var client = world.Connect();
        Assert.Empty(client.ReadToEnd());
        Assert.Equal(EndKind.Closed, client.End);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_request_head_that_does_not_arrive_in_time_is_a_408(bool second)
    {
        using var origin = Origin.Echo();
        // The first head's time runs from the connection on: what there is of it must come within it.
        using var world = new World(new WorldOptions { ListenerTimeouts = second ? "{ requestHead: 30s }" : "{ requestHead: 5s }" }, origin);
        var client = world.Connect();
        if (second)
        {
            client.Send(World.Get());
            Message.ReadResponse(client);
            world.Apply(new WorldOptions { ListenerTimeouts = "{ requestHead: 300ms }" });
        }

        client.Send("GET / HTTP/1.1\r\nHost: a.exa");
        var response = Message.ReadResponse(client)!;
        Assert.Equal(408, response.Status);
        Assert.Equal("close", response["Connection"]);
        Assert.Equal(EndKind.Closed, client.ReadEnd());
    }

    [Fact]
    public void A_request_head_that_drips_is_a_408_all_the_same()
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { ListenerTimeouts = "{ requestHead: 5s }" }, origin);
        var client = world.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a.example\r\nX: ");
        while (!client.HasInput(50) && client.TrySend("x"))
        {
        }

        Assert.Equal(408, Message.ReadResponse(client)!.Status);
        Assert.Equal(0, origin.Accepted);
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\nonly this")]
    [InlineData("Content-Length: 100\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhel")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Tra")]
    public void A_request_body_that_stands_still_is_a_408(string fieldsAndBody)
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { ListenerTimeouts = "{ requestBody: 300ms }" }, origin);
        var client = world.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\n" + fieldsAndBody);
        var response = Message.ReadResponse(client)!;
        Assert.Equal(408, response.Status);
        Assert.Equal("close", response["Connection"]);
        Assert.Equal(EndKind.Closed, client.ReadEnd());
        world.AssertNothingLeft();
        Assert.DoesNotContain(origin.Requests, request => request.IsComplete);
    }

    [Fact]
    public void A_request_body_that_makes_progress_may_take_longer_than_its_timeout()
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { ListenerTimeouts = "{ requestBody: 5s }" }, origin);
        var client = world.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 15\r\n\r\n");
        for (var i = 0; i < 15; i++)
        {
            Thread.Sleep(400);
            client.Send("x");
        }

        Assert.Equal("POST / xxxxxxxxxxxxxxx", Message.ReadResponse(client)!.Text);
    }

    [Fact]
    public void Draining_ends_idle_connections_and_lets_exchanges_end()
    {
        using var go = new ManualResetEventSlim();
        using var origin = new Origin(connection =>
        {
            while (connection.ReadRequest() is { } request)
            {
                if (request.Target == "/slow") go.Wait(Wire.PatienceMs);
                connection.Answer(request.Target);
            }
        });
        using var world = new World(origin);
        var idle = world.Connect();
        idle.Send(World.Get("/idle"));
        Message.ReadResponse(idle);
        var slow = world.Connect();
        slow.Send(World.Get("/slow"));
        World.Eventually(() => origin.Requests.Any(request => request.Target == "/slow"), "the origin is asked");
        using var drained = new BlockingValue<bool>();
        new Thread(() => drained.Set(world.Plane.Drain(TimeSpan.FromSeconds(20)))).Start();
        Assert.Equal(EndKind.Closed, idle.ReadEnd());
        World.Eventually(() => !CanConnect(world.Port), "nothing is accepted any more");
        go.Set();
        var response = Message.ReadResponse(slow)!;
        Assert.Equal("/slow", response.Text);
        Assert.Equal("close", response["Connection"]);
        slow.ReadEnd();
        Assert.True(drained.Get());
    }

    [Fact]
    public void A_connection_whose_response_began_before_a_drain_ends_behind_it()
    {
        using var go = new ManualResetEventSlim();
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Wire.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha");
            go.Wait(Wire.PatienceMs);
            connection.Wire.Send("lf");
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(World.Get());
        Assert.Null(Message.ReadHead(client)!["Connection"]);
        using var drained = new BlockingValue<bool>();
        new Thread(() => drained.Set(world.Plane.Drain(TimeSpan.FromSeconds(20)))).Start();
        World.Eventually(() => !CanConnect(world.Port), "nothing is accepted any more");
        go.Set();
        Assert.Equal("half", client.ReadText(10));
        Assert.Equal(EndKind.Closed, client.End);
        Assert.True(drained.Get());
    }

    [Fact]
    public void A_drain_that_takes_too_long_ends_what_is_left()
    {
        using var origin = new Origin(connection => connection.Wire.ReadEnd());
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(World.Get());
        World.Eventually(() => origin.Accepted == 1, "the origin is asked");
        Assert.False(world.Plane.Drain(TimeSpan.FromMilliseconds(200)));
        Assert.NotEqual(EndKind.Open, client.ReadEnd());
    }

    [Fact]
    public void Connections_over_the_limit_wait_and_are_served_when_there_is_room()
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { ListenerLimits = "{ connections: 2 }" }, origin);
        var first = world.Connect();
        var second = world.Connect();
        foreach (var client in (Wire[])[first, second])
        {
            client.Send(World.Get("/early"));
            Assert.Equal(200, Message.ReadResponse(client)!.Status);
        }

        var third = world.Connect();
        third.Send(World.Get("/late"));
        Assert.False(third.HasInput(300));
        first.Dispose();
        Assert.Equal("GET /late ", Message.ReadResponse(third)!.Text);
    }

    [Fact]
    public void A_client_that_never_reads_own_answers_is_not_waited_for_for_ever()
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { Routing = "routes: [{ path: /x, service: s }]", ListenerTimeouts = "{ idle: 500ms }" }, origin);
        var client = world.Connect();
        client.Socket.Blocking = false;
        var requests = System.Text.Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(World.Get("/nowhere"), 1000)));
        World.Eventually(
            () =>
            {
                client.Socket.Send(requests, 0, requests.Length, SocketFlags.None, out var error);
                return error is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted;
            },
            "the proxy gives up");
    }

    [Fact]
    public void A_client_that_never_reads_its_response_is_not_waited_for_for_ever()
    {
        var body = new byte[99_000_000];
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Wire.TrySend("HTTP/1.1 200 OK\r\nContent-Length: 99000000\r\n\r\n");
            connection.Wire.TrySend(body);
        });
        // Long enough that not the origin is the one who stands still.
        using var world = new World(new WorldOptions { ServiceTimeouts = "{ responseBody: 5s }" }, origin);
        var client = world.Connect();
        client.Send(World.Get());
        World.Eventually(() => world.Plane.Count(ExchangeOutcome.ClientStalled) == 1, "the proxy gives up");
        World.Eventually(() => world.Plane.Sessions == 0, "its session is gone");
    }

    private static bool CanConnect(int port)
    {
        try
        {
            using var wire = Wire.Connect(port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
