namespace FastCanary.Proxy.Tests;

/// <summary>RFC 9110, 7.6.1: fields for one hop do not pass.</summary>
public sealed class HopByHopTests
{
    [Theory]
    [InlineData("Connection: X-Mine\r\nX-Mine: 1\r\n", "X-Mine")]
    [InlineData("X-Mine: 1\r\nConnection: x-mine\r\nX-Mine: 2\r\n", "X-Mine")]
    [InlineData("Connection: close, X-Mine\r\nX-Mine: 1\r\n", "X-Mine")]
    [InlineData("Connection: X-Mine, close\r\nX-Mine: 1\r\n", "X-Mine")]
    [InlineData("Connection: keep-alive,\t X-Mine ,\r\nX-Mine: 1\r\n", "X-Mine")]
    [InlineData("Connection: a\r\nConnection: X-Mine\r\nX-Mine: 1\r\n", "X-Mine")]
    [InlineData("Keep-Alive: timeout=5\r\n", "Keep-Alive")]
    [InlineData("Proxy-Connection: keep-alive\r\n", "Proxy-Connection")]
    [InlineData("TE: trailers\r\n", "TE")]
    [InlineData("Upgrade: websocket\r\n", "Upgrade")]
    public void A_request_field_for_one_hop_stays_there(string fields, string name)
    {
        foreach (var cut in Enum.GetValues<Cut>())
        {
            using var origin = Origin.Echo();
            using var world = new World(origin);
            Assert.Equal(200, world.Ask($"GET / HTTP/1.1\r\nHost: a.example\r\n{fields}X-Kept: yes\r\n\r\n", cut).Status);
            var seen = origin.Requests.Single();
            Assert.Null(seen[name]);
            Assert.Null(seen["Connection"]);
            Assert.Equal("yes", seen["X-Kept"]);
            Assert.Equal("a.example", seen["Host"]);
        }
    }

    [Theory]
    [InlineData("Connection: X-Mine\r\nX-Mine: 1\r\n", "X-Mine")]
    [InlineData("Connection: close, X-Mine\r\nX-Mine: 1\r\n", "X-Mine")]
    [InlineData("Connection: keep-alive, X-Mine\r\nX-Mine: 1\r\n", "X-Mine")]
    [InlineData("Keep-Alive: timeout=5\r\n", "Keep-Alive")]
    [InlineData("Proxy-Connection: keep-alive\r\n", "Proxy-Connection")]
    [InlineData("Upgrade: h2c\r\n", "Upgrade")]
    public void A_response_field_for_one_hop_stays_there(string fields, string name)
    {
        foreach (var cut in Enum.GetValues<Cut>())
        {
            using var origin = Origin.Saying($"HTTP/1.1 200 OK\r\n{fields}X-Kept: yes\r\nContent-Length: 2\r\n\r\nok", cut);
            using var world = new World(origin);
            var client = world.Connect();
            for (var i = 0; i < 2; i++)
            {
                client.Send(World.Get());
                var response = Message.ReadResponse(client)!;
                Assert.Null(response[name]);
                Assert.Null(response["Connection"]);
                Assert.Equal("yes", response["X-Kept"]);
                Assert.Equal("ok", response.Text);
            }
        }
    }

    [Fact]
    public void The_clients_close_is_honoured_and_the_upstream_connection_stays()
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        for (var i = 0; i < 3; i++)
        {
            var client = world.Connect();
            client.Send("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n");
            var response = Message.ReadResponse(client)!;
            Assert.Equal("close", response["Connection"]);
            Assert.Empty(client.ReadToEnd());
            Assert.Equal(EndKind.Closed, client.End);
        }

        Assert.Equal(1, origin.Accepted);
    }

    [Fact]
    public void The_origins_close_ends_only_its_own_connection()
    {
        using var origin = Origin.Saying("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        using var world = new World(origin);
        var client = world.Connect();
        for (var i = 1; i <= 3; i++)
        {
            client.Send(World.Get());
            Assert.Null(Message.ReadResponse(client)!["Connection"]);
            Assert.Equal(i, origin.Accepted);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    public void What_a_client_sends_behind_its_last_request_does_not_cost_it_the_response(string last)
    {
        const int Half = 2_000_000;
        using var origin = new Origin(connection =>
        {
            while (connection.ReadRequest() is not null)
            {
                connection.Wire.Send($"HTTP/1.1 200 OK\r\nContent-Length: {2 * Half}\r\n\r\n{new string('x', Half)}");
                // What the client sends meanwhile has arrived when the response ends.
                Thread.Sleep(100);
                connection.Wire.Send(new string('x', Half));
            }
        });
        using var world = new World(origin);
        foreach (var later in (bool[])[false, true])
        {
            var client = world.Connect();
            client.Send(last + (later ? "" : World.Get("/more")));
            Assert.Equal(200, Message.ReadHead(client)!.Status);
            if (later) client.Send(World.Get("/more"));
            Thread.Sleep(200);
            Assert.Equal(2 * Half, client.ReadToEnd().Length);
            Assert.Equal(EndKind.Closed, client.End);
        }

        Assert.DoesNotContain(origin.Requests, request => request.Target == "/more");
    }
}
