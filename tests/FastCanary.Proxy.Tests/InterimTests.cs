namespace FastCanary.Proxy.Tests;

/// <summary>1xx responses and Expect: RFC 9110, 10.1.1 and 15.2.</summary>
public sealed class InterimTests
{
    private const string Expecting = "POST / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";

    [Theory]
    [InlineData(Cut.Whole)]
    [InlineData(Cut.Bytes)]
    [InlineData(Cut.Random)]
    public void A_client_that_waits_is_told_to_continue_by_the_origin(Cut cut)
    {
        using var origin = new Origin(connection =>
        {
            connection.Wire.Cut = cut;
            while (connection.ReadHead() is { } head)
            {
                Assert.Equal("100-continue", head["Expect"]);
                connection.Wire.Send("HTTP/1.1 100 Continue\r\nX-Note: 1\r\n\r\n");
                connection.Answer("got " + connection.Wire.ReadText(5));
            }
        });
        using var world = new World(origin);
        var client = world.Connect(cut);
        for (var i = 0; i < 3; i++)
        {
            client.Send(Expecting);
            var interim = Message.ReadResponse(client)!;
            Assert.Equal(100, interim.Status);
            Assert.Equal("1", interim["X-Note"]);
            client.Send("hello");
            var response = Message.ReadResponse(client)!;
            Assert.Equal("got hello", response.Text);
            Assert.Null(response["Connection"]);
        }

        Assert.Equal(1, origin.Accepted);
    }

    [Theory]
    [InlineData("417 Expectation Failed")]
    [InlineData("200 OK")]
    [InlineData("401 Unauthorized")]
    public void A_final_answer_instead_of_100_reaches_the_client_and_ends_both_connections(string status)
    {
        using var end = new BlockingValue<int>();
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Send($"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno");
            end.Set(connection.Wire.ReadToEnd().Length);
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(Expecting);
        var response = Message.ReadResponse(client)!;
        Assert.Equal(int.Parse(status[..3]), response.Status);
        Assert.Equal("no", response.Text);
        Assert.Equal("close", response["Connection"]);
        Assert.Equal(EndKind.Closed, client.ReadEnd());
        Assert.Equal(0, end.Get());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_that_does_not_wait_is_not_made_to(bool withHead)
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        var client = world.Connect();
        for (var i = 0; i < 3; i++)
        {
            client.Send(withHead ? Expecting + "hello" : Expecting);
            if (!withHead) Thread.Sleep(20);
            if (!withHead) client.Send("hello");
            Assert.Equal("POST / hello", Message.ReadResponse(client)!.Text);
        }
    }

    [Fact]
    public void A_client_that_waits_for_an_origin_that_says_nothing_gets_a_504()
    {
        using var origin = new Origin(connection => connection.Wire.ReadEnd());
        using var world = new World(new WorldOptions { ServiceTimeouts = "{ response: 300ms }", ListenerTimeouts = "{ requestBody: 30s }" }, origin);
        Assert.Equal(504, world.Ask(Expecting).Status);
    }

    [Fact]
    public void Once_told_to_continue_a_client_may_take_its_time()
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Send("HTTP/1.1 100 Continue\r\n\r\n");
            connection.Answer("got " + connection.Wire.ReadText(5));
        });
        using var world = new World(new WorldOptions { ServiceTimeouts = "{ response: 5s }" }, origin);
        var client = world.Connect();
        client.Send(Expecting);
        Assert.Equal(100, Message.ReadResponse(client)!.Status);
        Thread.Sleep(6000);
        client.Send("hello");
        Assert.Equal("got hello", Message.ReadResponse(client)!.Text);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public void A_103_precedes_the_final_answer_and_does_not_free_its_connection(string method)
    {
        foreach (var cut in Enum.GetValues<Cut>())
        {
            using var go = new ManualResetEventSlim();
            using var origin = new Origin(connection =>
            {
                connection.Wire.Cut = cut;
                while (connection.ReadRequest() is { } request)
                {
                    if (request.Target == "/slow")
                    {
                        connection.Wire.Send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
                        go.Wait(Wire.PatienceMs);
                    }

                    connection.Answer(request.Target, toHead: request.Method == "HEAD");
                }
            });
            using var world = new World(origin);
            var client = world.Connect();
            client.Send($"{method} /slow HTTP/1.1\r\nHost: a.example\r\n\r\n");
            var interim = Message.ReadResponse(client)!;
            Assert.Equal(103, interim.Status);
            Assert.Equal("</a.css>", interim["Link"]);
            Assert.Null(interim["Content-Length"]);
            Assert.Equal("/other", world.Ask(World.Get("/other")).Text);
            go.Set();
            var response = Message.ReadResponse(client, toHead: method == "HEAD")!;
            Assert.Equal(200, response.Status);
            Assert.Equal("5", response["Content-Length"]);
            Assert.Equal(2, origin.Accepted);
            client.Send(World.Get("/next"));
            Assert.Equal("/next", Message.ReadResponse(client)!.Text);
        }
    }

    [Theory]
    [InlineData(32, 200)]
    [InlineData(33, 502)]
    public void Interim_answers_are_bounded(int count, int status)
    {
        using var origin = Origin.Saying(string.Concat(Enumerable.Repeat("HTTP/1.1 102 Processing\r\n\r\n", count)) + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(World.Get());
        var response = Message.ReadResponse(client)!;
        while (response.Status < 200) response = Message.ReadResponse(client)!;
        Assert.Equal(status, response.Status);
    }

    [Fact]
    public void An_http_1_0_client_gets_no_interim_answer_and_its_expectation_is_not_passed_on()
    {
        using var origin = Origin.Saying("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        using var world = new World(origin);
        var response = world.Ask("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
        Assert.Equal(200, response.Status);
        Assert.Null(origin.Requests.Single()["Expect"]);
    }

    [Fact]
    public void An_origin_that_dies_behind_an_interim_answer_is_not_asked_again()
    {
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Answer("first");
            connection.ReadRequest();
            connection.Wire.Send("HTTP/1.1 103 Early Hints\r\n\r\n");
        });
        using var world = new World(origin);
        var client = world.Connect();
        client.Send(World.Get("/1"));
        Assert.Equal("first", Message.ReadResponse(client)!.Text);
        client.Send(World.Get("/2"));
        Assert.Equal(103, Message.ReadResponse(client)!.Status);
        Assert.Equal(502, Message.ReadResponse(client)!.Status);
        Assert.Equal(2, origin.Requests.Count);
    }

    [Fact]
    public void An_unknown_expectation_is_a_417()
    {
        using var origin = Origin.Echo();
        using var world = new World(origin);
        Assert.Equal(417, world.Ask("POST / HTTP/1.1\r\nHost: a.example\r\nExpect: magic\r\nContent-Length: 0\r\n\r\n").Status);
    }
}
