using System.Net;
using System.Net.Sockets;

namespace FastCanary.Proxy.Tests;

/// <summary>What FastCanary answers by itself: the contract's status codes, framed, dated, and closing where framing is in doubt.</summary>
public sealed class OwnAnswerTests
{
    [Fact]
    public void A_request_that_no_route_takes_is_a_404_and_the_connection_goes_on()
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { Routing = "routes: [{ path: /x, service: s }]" }, origin);
        var client = world.Connect();
        client.Send(World.Get("/y") + "HEAD /y HTTP/1.1\r\nHost: a.example\r\n\r\n" + World.Get("/x"));
        var response = Message.ReadResponse(client)!;
        AssertOwn(response, 404, closes: false);
        response = Message.ReadResponse(client, toHead: true)!;
        AssertOwn(response, 404, closes: false);
        Assert.Equal("GET /x ", Message.ReadResponse(client)!.Text);
    }

    [Fact]
    public void A_refused_request_with_a_body_to_come_ends_the_connection()
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { Routing = "routes: [{ path: /x, service: s }]" }, origin);
        var client = world.Connect();
        client.Send(World.Post(World.Get("/x"), "/y"));
        AssertOwn(Message.ReadResponse(client)!, 404, closes: true);
        Assert.Empty(client.ReadToEnd());
        Assert.Empty(origin.Requests);
    }

    [Theory]
    [InlineData("GET /y HTTP/1.0\r\n\r\n")]
    [InlineData("GET /y HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")]
    [InlineData("GET /y HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n")]
    public void An_own_answer_closes_where_the_client_expects_it(string request)
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { Routing = "routes: [{ path: /x, service: s }]" }, origin);
        var client = world.Connect();
        client.Send(request);
        AssertOwn(Message.ReadResponse(client)!, 404, closes: true);
        Assert.Empty(client.ReadToEnd());
        Assert.Equal(EndKind.Closed, client.End);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\0\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n X: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505)]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003", 400)]
    public void A_malformed_request_is_refused_and_the_connection_ends(string request, int status)
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        foreach (var cut in Enum.GetValues<Cut>())
        {
            var client = world.Connect(cut);
            client.TrySend(request);
            AssertOwn(Message.ReadResponse(client)!, status is 505 && request[0] == 'P' ? 400 : status, closes: true, orStatus: status);
            Assert.Empty(client.ReadToEnd());
            Assert.Equal(EndKind.Closed, client.End);
        }

        Assert.Equal(0, origin.Accepted);
    }

    [Fact]
    public void A_refusal_reaches_a_client_that_is_still_sending()
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { ServiceLimits = "{ requestBody: 1KiB }" }, origin);
        for (var i = 0; i < 10; i++)
        {
            var client = world.Connect();
            var upload = new Thread(() => client.TrySend("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3000000\r\n\r\n" + new string('u', 3_000_000)));
            upload.Start();
            AssertOwn(Message.ReadResponse(client)!, 413, closes: true);
            Assert.Empty(client.ReadToEnd());
            Assert.Equal(EndKind.Closed, client.End);
            upload.Join();
        }
    }

    [Theory]
    [InlineData(1024, 200)]
    [InlineData(1025, 413)]
    public void A_request_body_may_be_exactly_as_large_as_its_limit(int size, int status)
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { ServiceLimits = "{ requestBody: 1KiB }" }, origin);
        var body = new string('x', size);
        foreach (var cut in Enum.GetValues<Cut>())
        {
            foreach (var request in (string[])[World.Post(body), World.PostChunked($"200\r\n{body[..512]}\r\n{size - 512:x}\r\n{body[512..]}\r\n0\r\n\r\n")])
            {
                var client = world.Connect(cut);
                client.TrySend(request);
                Assert.Equal(status, Message.ReadResponse(client)!.Status);
            }
        }

        Assert.All(origin.Requests, request => Assert.True(!request.IsComplete || status == 200));
    }

    [Fact]
    public void Heads_over_their_limits_are_414_and_431()
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { ListenerLimits = "{ requestHead: 4KiB, requestLine: 1KiB, headers: 20 }" }, origin);
        AssertOwn(world.Ask(World.Get("/" + new string('a', 1100))), 414, closes: true);
        AssertOwn(world.Ask($"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('a', 4100)}\r\n\r\n"), 431, closes: true);
        AssertOwn(world.Ask($"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Repeat("X: 1\r\n", 20))}\r\n"), 431, closes: true);
        Assert.Equal(200, world.Ask($"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Repeat("X: 1\r\n", 19))}\r\n").Status);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(256)]
    public void The_largest_head_that_is_allowed_comes_through_also_behind_another_request(int limitKib)
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { ListenerLimits = $"{{ requestHead: {limitKib}KiB, requestLine: 1KiB }}" }, origin);
        var start = "GET /large HTTP/1.1\r\nHost: a.example\r\nX: ";
        var large = start + new string('x', (limitKib << 10) - start.Length - 5) + "\r\n\r\n";
        foreach (var cut in (Cut[])[Cut.Whole, Cut.Random])
        {
            var client = world.Connect(cut);
            client.Send(World.Get("/small") + large + World.Get("/after"));
            Assert.Equal("GET /small ", Message.ReadResponse(client)!.Text);
            Assert.Equal("GET /large ", Message.ReadResponse(client)!.Text);
            Assert.Equal("GET /after ", Message.ReadResponse(client)!.Text);
        }
    }

    [Fact]
    public void An_upstream_that_refuses_is_a_502_and_the_connection_goes_on()
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { DeadUpstream = World.NextPort() }, origin);
        var client = world.Connect();
        for (var i = 0; i < 3; i++)
        {
            client.Send(World.Get());
            AssertOwn(Message.ReadResponse(client)!, 502, closes: false);
            client.Send(World.Post("hello"));
            AssertOwn(Message.ReadResponse(client)!, 502, closes: false);
        }

        World.Eventually(() => world.Plane.Count(ExchangeOutcome.ConnectFailed) == 6, "counted");
    }

    [Fact]
    public void An_upstream_that_does_not_accept_is_a_504()
    {
        // A listener with a full backlog leaves the next connections unanswered.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var fillers = new List<Socket>();
        for (var i = 0; i < 8; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            fillers.Add(filler);
            Assert.Throws<SocketException>(() => filler.Connect(full.LocalEndPoint!));
            if (!filler.Poll(200_000, SelectMode.SelectWrite)) break;
        }

        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { DeadUpstream = ((IPEndPoint)full.LocalEndPoint!).Port, ServiceTimeouts = "{ connect: 300ms }" }, origin);
        AssertOwn(world.Ask(World.Get()), 504, closes: false);
        World.Eventually(() => world.Plane.Count(ExchangeOutcome.ConnectTimedOut) == 1, "counted");
        foreach (var filler in fillers) filler.Dispose();
    }

    [Fact]
    public void An_upstream_that_does_not_answer_is_a_504_and_its_connection_is_closed()
    {
        using var end = new BlockingValue<EndKind>();
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Wire.Send("HTTP/1.1 200 O");
            end.Set(connection.Wire.ReadEnd());
        });
        using var world = new World(new WorldOptions { ServiceTimeouts = "{ response: 300ms }" }, origin);
        AssertOwn(world.Ask(World.Get()), 504, closes: false);
        Assert.NotEqual(EndKind.Open, end.Get());
    }

    [Fact]
    public void The_response_timeout_does_not_run_while_the_request_arrives()
    {
        using var origin = Origin.Echo();
        using var world = new World(new WorldOptions { ServiceTimeouts = "{ response: 5s }" }, origin);
        var (plain, chunked) = (world.Connect(), world.Connect());
        plain.Send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 12\r\n\r\n");
        chunked.Send("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (var i = 0; i < 12; i++)
        {
            Thread.Sleep(500);
            plain.Send("x");
            chunked.Send("1\r\nx\r\n");
        }

        chunked.Send("0\r\n\r\n");
        foreach (var client in (Wire[])[plain, chunked]) Assert.Equal("POST / xxxxxxxxxxxx", Message.ReadResponse(client)!.Text);
    }

    [Fact]
    public void The_response_timeout_runs_once_the_request_has_arrived()
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Wire.ReadEnd();
        });
        using var world = new World(new WorldOptions { ServiceTimeouts = "{ response: 300ms }" }, origin);
        var client = world.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhe");
        Thread.Sleep(50);
        client.Send("llo");
        Assert.Equal(504, Message.ReadResponse(client)!.Status);
    }

    [Fact]
    public void A_response_that_makes_progress_may_take_longer_than_its_timeouts_and_one_that_stands_still_is_cut()
    {
        using var origin = new Origin(connection =>
        {
            while (connection.ReadRequest() is { } request)
            {
                connection.Wire.Send("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
                for (var i = 0; i < (request.Target == "/all" ? 12 : 3); i++)
                {
                    Thread.Sleep(500);
                    connection.Wire.Send("x");
                }
            }
        });
        using var world = new World(new WorldOptions { ServiceTimeouts = "{ response: 5s, responseBody: 5s }" }, origin);
        Assert.Equal("xxxxxxxxxxxx", world.Ask(World.Get("/all")).Text);
        world.Apply(new WorldOptions { ServiceTimeouts = "{ response: 20s, responseBody: 2s }" });
        Assert.False(world.Ask(World.Get("/part")).IsComplete);
        World.Eventually(() => world.Plane.Count(ExchangeOutcome.ResponseTruncated) == 1, "counted");
    }

    [Fact]
    public void Options_with_no_hops_left_is_answered_here()
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        var client = world.Connect();
        client.Send("OPTIONS * HTTP/1.1\r\nHost: a.example\r\nMax-Forwards: 0\r\n\r\n" + "OPTIONS * HTTP/1.1\r\nHost: a.example\r\nMax-Forwards: 7\r\n\r\n");
        AssertOwn(Message.ReadResponse(client)!, 200, closes: false);
        Assert.Equal("OPTIONS * ", Message.ReadResponse(client)!.Text);
        Assert.Equal("6", origin.Requests.Single()["Max-Forwards"]);
    }

    private static void AssertOwn(Message response, int status, bool closes, int orStatus = 0)
    {
        Assert.True(response.Status == status || response.Status == orStatus, $"{response.Status} is not {status}");
        Assert.True(response.IsComplete);
        Assert.False(response.EndedAtClose);
        Assert.NotNull(response["Content-Length"]);
        Assert.NotNull(response["Date"]);
        Assert.Equal(closes ? "close" : null, response["Connection"]);
    }
}
