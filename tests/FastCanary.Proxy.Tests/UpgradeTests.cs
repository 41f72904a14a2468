namespace FastCanary.Proxy.Tests;

/// <summary>RFC 9110, 7.8: a connection that becomes a tunnel.</summary>
public sealed class UpgradeTests
{
    private const string Ask = "GET /ws HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    private const string Accept = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    [Theory]
    [InlineData(Cut.Whole)]
    [InlineData(Cut.Bytes)]
    [InlineData(Cut.Random)]
    public void Bytes_behind_the_101_and_behind_the_request_reach_the_other_side(Cut cut)
    {
        using var origin = new Origin(connection =>
        {
            connection.Wire.Cut = cut;
            connection.ReadHead();
            connection.Wire.Send(Accept + "greeting");
            connection.Wire.Send("got " + connection.Wire.ReadText(5));
            connection.Wire.ReadEnd();
        });
        using var world = new World(origin);
        var client = world.Connect(cut);
        client.Send(Ask + "early");
        var response = Message.ReadResponse(client)!;
        Assert.Equal(101, response.Status);
        Assert.Equal("Upgrade", response["Connection"]);
        Assert.Equal("websocket", response["Upgrade"]);
        Assert.Equal("greetinggot early", client.ReadText(17));
        Assert.Equal("websocket", origin.Requests.Single()["Upgrade"]);
        Assert.Equal("Upgrade", origin.Requests.Single()["Connection"]);
    }

    [Fact]
    public void The_greeting_behind_a_101_does_not_wait_for_more_bytes()
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Send(Accept + "greeting");
            connection.Wire.ReadEnd();
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(Ask);
        Assert.Equal(101, Message.ReadResponse(client)!.Status);
        Assert.Equal("greeting", client.ReadText(8));
    }

    [Fact]
    public void The_clients_half_close_passes_and_the_origins_answer_still_comes()
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Send(Accept);
            var all = connection.Wire.ReadToEnd();
            connection.Wire.Send(new string('x', 200_000) + all.Length);
        });
        using var world = new World(origin);
        for (var i = 0; i < 20; i++)
        {
            var client = world.Connect();
            client.Send(Ask + "12345");
            Assert.Equal(101, Message.ReadResponse(client)!.Status);
            client.Finish();
            Assert.Equal(200_001, client.ReadToEnd().Length);
            Assert.Equal(EndKind.Closed, client.End);
        }
    }

    [Fact]
    public void The_origins_half_close_passes_and_the_clients_bytes_still_go()
    {
        using var done = new BlockingValue<int>();
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Send(Accept + "bye");
            connection.Wire.Finish();
            done.Set(connection.Wire.ReadToEnd().Length);
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(Ask);
        Assert.Equal(101, Message.ReadResponse(client)!.Status);
        Assert.Equal("bye", System.Text.Encoding.Latin1.GetString(client.ReadToEnd()));
        Assert.Equal(EndKind.Closed, client.End);
        client.Send(new byte[300_000]);
        client.Finish();
        Assert.Equal(300_000, done.Get());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reset_of_one_side_resets_the_other(bool fromClient)
    {
        using var end = new BlockingValue<EndKind>();
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Send(Accept + "a");
            if (fromClient)
            {
                end.Set(connection.Wire.ReadEnd());
                return;
            }

            connection.Wire.ReadText(1);
            connection.Wire.Reset();
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(Ask);
        Message.ReadResponse(client);
        Assert.Equal("a", client.ReadText(1));
        if (fromClient)
        {
            client.Reset();
            Assert.Equal(EndKind.Reset, end.Get());
        }
        else
        {
            client.Send("b");
            Assert.Equal(EndKind.Reset, client.ReadEnd());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_silent_tunnel_ends_after_its_idle_time(bool halfClosed)
    {
        using var end = new BlockingValue<EndKind>();
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Send(Accept);
            while (connection.Wire.ReadByte() >= 0)
            {
            }

            if (halfClosed) Thread.Sleep(Timeout.Infinite);
            end.Set(connection.Wire.End);
        });
        // A half-close must come before its time is over.
        using var world = new World(new WorldOptions { ServiceTimeouts = halfClosed ? "{ tunnel: 4s }" : "{ tunnel: 300ms }" }, origin);
        var client = world.Connect();
        client.Send(Ask);
        Message.ReadResponse(client);
        if (halfClosed) client.Finish();
        Assert.NotEqual(EndKind.Open, client.ReadEnd());
        if (!halfClosed) Assert.NotEqual(EndKind.Open, end.Get());
    }

    [Fact]
    public void A_tunnel_whose_origin_has_finished_and_takes_nothing_ends_after_its_idle_time()
    {
        using var origin = new Origin(
            connection =>
            {
                connection.ReadHead();
                connection.Wire.Send(Accept);
                connection.Wire.Finish();
                Thread.Sleep(Timeout.Infinite);
            },
            receiveBufferBytes: 4096);
        using var world = new World(new WorldOptions { ServiceTimeouts = "{ tunnel: 4s }" }, origin);
        var client = world.Connect();
        client.Send(Ask);
        Message.ReadResponse(client);
        Assert.Equal(EndKind.Closed, client.ReadEnd());
        // Stops when the proxy has given up: until then the kernels' buffers fill.
        while (client.TrySend(new byte[64 << 10]))
        {
        }
    }

    [Theory]
    [InlineData("200 OK")]
    [InlineData("400 Bad Request")]
    [InlineData("426 Upgrade Required")]
    public void A_refused_upgrade_stays_http(string status)
    {
        using var origin = Origin.Saying($"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno");
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(Ask + World.Get("/next"));
        for (var i = 0; i < 2; i++)
        {
            var response = Message.ReadResponse(client)!;
            Assert.Equal(int.Parse(status[..3]), response.Status);
            Assert.Equal("no", response.Text);
        }

        Assert.Equal(["/ws", "/next"], origin.Requests.Select(request => request.Target));
    }

    [Fact]
    public void A_pipelined_request_behind_an_upgrade_is_tunnel_data_once_it_is_granted()
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Send(Accept);
            connection.Wire.Send("<" + connection.Wire.ReadThrough("\r\n\r\n") + ">");
            connection.Wire.ReadEnd();
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(Ask + World.Get("/inside"));
        Assert.Equal(101, Message.ReadResponse(client)!.Status);
        Assert.Equal("<" + World.Get("/inside") + ">", client.ReadThrough(">"));
    }

    [Theory]
    [InlineData("h2c")]
    [InlineData("h2c, websocket")]
    [InlineData("HTTP/2.0")]
    public void An_upgrade_to_http2_is_not_passed_on(string protocol)
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        var response = world.Ask($"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: {protocol}\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
        Assert.Equal(200, response.Status);
        var seen = origin.Requests.Single();
        Assert.Null(seen["Upgrade"]);
        Assert.Null(seen["HTTP2-Settings"]);
        Assert.Null(seen["Connection"]);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")]
    public void A_101_that_was_not_asked_for_is_a_502(string request)
    {
        using var origin = Origin.Saying(Accept + "poison");
        using var world = new World(origin);
        Assert.Equal(502, world.Ask(request).Status);
    }

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")]
    public void A_101_that_does_not_say_to_what_is_a_502(string answer)
    {
        using var origin = Origin.Saying(answer);
        using var world = new World(origin);
        Assert.Equal(502, world.Ask(Ask).Status);
    }

    [Fact]
    public void An_http_1_0_client_cannot_upgrade()
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        Assert.Equal(200, world.Ask("GET / HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n").Status);
        Assert.Null(origin.Requests.Single()["Upgrade"]);
    }

    [Theory]
    [InlineData("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n")]
    [InlineData("TRACE / HTTP/1.1\r\nHost: a.example\r\n\r\n")]
    public void Connect_and_trace_are_405_and_name_what_is_allowed(string request)
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        var response = world.Ask(request);
        Assert.Equal(405, response.Status);
        Assert.NotNull(response["Allow"]);
        Assert.Equal(0, origin.Accepted);
    }
}
