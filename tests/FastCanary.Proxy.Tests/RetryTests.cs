namespace FastCanary.Proxy.Tests;

/// <summary>What is sent again, how often, and where to (docs/laws.md, 4): only an idempotent request, or one of which nothing was sent.</summary>
public sealed class RetryTests
{
    private const string Two = """
        versions: { v: { endpoints: ["$0", "$1"] } }
        timeouts: { connect: 10s, response: 10s }

        """;

    private const string DeadAndWell = """
        versions: { v: { endpoints: ["$dead", "$0"] } }
        timeouts: { connect: 10s }

        """;

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("FROB")]
    public void Where_one_of_two_endpoints_refuses_every_request_is_answered_by_the_other(string method)
    {
        using var lab = new Lab(DeadAndWell + "retry: { attempts: 1 }", Origin.Echo());
        var body = method is "GET" or "HEAD" ? "" : "hello";
        for (var i = 0; i < 10; i++)
        {
            var answer = lab.Ask($"{method} /{i} HTTP/1.1\r\nHost: a.example\r\nContent-Length: {body.Length}\r\n\r\n{body}", toHead: method == "HEAD");
            Assert.Equal(200, answer.Status);
            if (method != "HEAD") Assert.Equal($"{method} /{i} {body}", answer.Text);
        }

        Assert.Equal(10, lab.Origins[0].Requests.Count);
        Assert.Equal((5, 5), (lab.Counters("v").Failures, lab.Counters("v").Retries));
    }

    [Fact]
    public void A_chunked_body_that_came_with_its_head_goes_again_whole()
    {
        using var lab = new Lab(DeadAndWell + "retry: { attempts: 1 }", Origin.Echo());
        for (var i = 0; i < 4; i++) Assert.Equal("POST / hello world", lab.Ask(World.PostChunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")).Text);
    }

    [Fact]
    public void Without_the_key_a_refused_request_is_a_502()
    {
        using var lab = new Lab(DeadAndWell, Origin.Echo());
        Assert.Equal([502, 200, 502, 200], lab.Ask(4));
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
    public void After_a_reset_only_what_may_be_done_twice_goes_again(string method, bool again)
    {
        using var lab = new Lab(Two + "retry: { attempts: 1 }", Acts.Origin(Acts.Reset), Acts.Origin(Acts.Say("well")));
        for (var i = 0; i < 4; i++)
        {
            var answer = lab.Ask($"{method} / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n", toHead: method == "HEAD");
            Assert.Equal(again || i % 2 == 1 ? 200 : 502, answer.Status);
        }

        Assert.Equal(2, lab.Origins[0].Requests.Count);
        Assert.Equal(again ? 4 : 2, lab.Origins[1].Requests.Count);
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("POST", 504)]
    public void What_is_not_answered_in_time_goes_to_another_where_it_may(string method, int status)
    {
        using var lab = new Lab(Two + "retry: { attempts: 1 }", Acts.Origin(Acts.Hang), Acts.Origin(Acts.Say("well")));
        lab.SetResponseTimeout(1000);
        var client = lab.Connect();
        client.Send($"{method} / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n");
        // The other one has all the time it needs.
        lab.AssertRequests(1, origin: 0);
        lab.SetResponseTimeout(Wire.PatienceMs);
        Assert.Equal(status, Message.ReadResponse(client)!.Status);
        Assert.Single(lab.Origins[0].Requests);
        Assert.Equal(status == 200 ? 1 : 0, lab.Origins[1].Requests.Count);
    }

    [Theory]
    [InlineData("retry: { attempts: 1, on: [503] }", "503", 200)]
    [InlineData("retry: { attempts: 1, on: [5xx] }", "503", 200)]
    [InlineData("retry: { attempts: 1, on: [5xx] }", "500", 200)]
    [InlineData("retry: { attempts: 1, on: [503] }", "500", 500)]
    [InlineData("retry: { attempts: 1 }", "503", 503)]
    [InlineData("retry: { attempts: 1, on: [connect] }", "reset", 502)]
    [InlineData("retry: { attempts: 1, on: [reset] }", "malformed", 200)]
    [InlineData("retry: { attempts: 0, rescue: true }", "503", 503)]
    public void Only_what_is_asked_for_goes_again(string retry, string failure, int status)
    {
        using var lab = new Lab(Two + retry, Acts.Origin(Acts.ByName(failure)), Acts.Origin(Acts.Say("well")));
        var client = lab.Connect();
        client.Send(World.Get());
        var answer = Message.ReadResponse(client)!;
        Assert.Equal(status, answer.Status);
        if (status == 200) Assert.Equal("well", answer.Text);
        // What the first one said is on no connection.
        if (!client.HasInput(0))
        {
            client.Send(World.Get());
            Assert.Equal("well", Message.ReadResponse(client)!.Text);
        }

        Assert.Single(lab.Origins[0].Requests);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Attempts_are_bounded_and_the_last_answer_stands(int attempts)
    {
        using var lab = new Lab(Two + $"retry: {{ attempts: {attempts}, on: [503] }}", Acts.Origin(Acts.Fail503), Acts.Origin(Acts.Fail503));
        var answer = lab.Ask(World.Get());
        Assert.Equal((503, "no"), (answer.Status, answer.Text));
        Assert.Equal(1 + attempts, lab.Origins.Sum(static origin => origin.Requests.Count));
        Assert.Equal((1 + attempts, attempts), (lab.Counters("v").Failures, lab.Counters("v").Retries));
    }

    [Fact]
    public void Every_other_endpoint_has_its_turn_before_one_is_asked_twice()
    {
        const string Three = """
            versions: { v: { endpoints: ["$0", { address: "$1", weight: 5 }, "$2"] } }
            retry: { attempts: 2, on: [503] }
            """;
        using var lab = new Lab(Three, Acts.Origin(Acts.Fail503), Acts.Origin(Acts.Fail503), Acts.Origin(Acts.Fail503));
        for (var i = 1; i <= 7; i++)
        {
            Assert.Equal(503, lab.Ask(World.Get()).Status);
            Assert.All(lab.Origins, origin => Assert.Equal(i, origin.Requests.Count));
        }
    }

    /// <summary>The endpoint that is left is passed over for its bound, not the one that was tried.</summary>
    [Fact]
    public void So_it_is_where_an_endpoint_has_its_most_connections()
    {
        const string Three = """
            versions: { v: { endpoints: [{ address: "$0", maxConnections: 9 }, { address: "$1", maxConnections: 1 }, { address: "$2", maxConnections: 9 }] } }
            retry: { attempts: 1, on: [503] }
            timeouts: { response: 20s }
            """;
        using var lab = new Lab(Three, Acts.Origin(Acts.Fail503), Acts.Origin(Acts.Hang), Acts.Origin(Acts.Say("well")));
        var holder = lab.Connect();
        while (lab.Origins[1].Requests.IsEmpty)
        {
            holder.Send(World.Get());
            World.Eventually(() => holder.HasInput(0) || !lab.Origins[1].Requests.IsEmpty, "an answer, or none");
            if (lab.Origins[1].Requests.IsEmpty) Message.ReadResponse(holder);
        }

        for (var i = 0; i < 12; i++) Assert.Equal(200, lab.Ask(World.Get()).Status);
    }

    [Fact]
    public void Of_many_that_fail_at_once_only_as_many_are_sent_again_as_the_budget_has()
    {
        const int Clients = 20;
        using var go = new CountdownEvent(Clients);
        // Each is refused only when all are there, so all are active at once; what is sent again waits for the end.
        using var end = new ManualResetEventSlim();
        var failing = new Origin(connection =>
        {
            if (connection.ReadRequest() is not { IsComplete: true }) return;
            if (go.CurrentCount > 0)
            {
                go.Signal();
                go.Wait();
            }
            else
            {
                end.Wait();
            }

            connection.Wire.TrySend("HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        });
        using var lab = new Lab("""
            versions: { v: { endpoints: ["$0"] } }
            timeouts: { response: 20s }
            retry: { attempts: 1, budget: 25%, on: [503] }
            """, failing);
        var clients = Enumerable.Range(0, Clients).Select(_ => lab.Connect()).ToList();
        clients.ForEach(static client => client.Send(World.Get()));
        // 15 are answered with the 503. As they end, fewer are active: those that came early in the line were allowed by more.
        World.Eventually(() => lab.Counters("v").OverBudget + lab.Counters("v").Retries == Clients, "all have failed once");
        var retries = lab.Counters("v").Retries;
        end.Set();
        foreach (var client in clients) Assert.Equal(503, Message.ReadResponse(client)!.Status);
        Assert.InRange(retries, 3, Clients / 4);
        Assert.Equal(Clients - retries, lab.Counters("v").OverBudget);
        Assert.Equal(Clients + (int)retries, lab.Origins[0].Requests.Count);
    }

    [Fact]
    public void Three_are_always_within_the_budget()
    {
        using var lab = new Lab(Two + "retry: { attempts: 1, budget: 0%, on: [503] }", Acts.Origin(Acts.Fail503), Acts.Origin(Acts.Say("well")));
        Assert.All(lab.Ask(10), static status => Assert.Equal(200, status));
        Assert.Equal(0, lab.Counters("v").OverBudget);
    }

    [Fact]
    public void A_body_that_is_larger_than_what_is_kept_is_not_sent_again_once_it_flows()
    {
        var well = Acts.Origin(Acts.Say("well"));
        using var lab = new Lab(Two + "retry: { attempts: 1, on: [503] }", new Origin(static connection =>
        {
            connection.ReadHead();
            connection.Wire.TrySend("HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            connection.Wire.ReadEnd();
        }), well);
        using var client = lab.Connect();
        client.TrySend("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1000000\r\n\r\n" + new string('x', 200_000));
        Assert.Equal(503, Message.ReadResponse(client)!.Status);
        Assert.Empty(well.Requests);
        Assert.Equal(0, lab.Counters("v").Retries);
    }

    [Fact]
    public void A_large_body_goes_on_where_the_first_endpoint_took_no_connection()
    {
        using var lab = new Lab(DeadAndWell + "retry: { attempts: 1 }", Origin.Echo());
        var body = new string('x', 300_000);
        for (var i = 0; i < 4; i++) Assert.Equal($"POST / {body}", lab.Ask(World.Post(body)).Text);
        Assert.Equal(2, lab.Counters("v").Retries);
    }

    [Fact]
    public void A_client_that_waits_for_100_gets_it_from_the_endpoint_that_connects()
    {
        var well = new Origin(static connection =>
        {
            while (connection.ReadHead() is not null)
            {
                connection.Wire.TrySend("HTTP/1.1 100 Continue\r\n\r\n");
                connection.Answer(connection.Wire.ReadText(5));
            }
        });
        using var lab = new Lab(DeadAndWell + "retry: { attempts: 1 }", well);
        for (var i = 0; i < 4; i++)
        {
            using var client = lab.Connect();
            client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            Assert.Equal(100, Message.ReadResponse(client)!.Status);
            client.Send("hello");
            Assert.Equal("hello", Message.ReadResponse(client)!.Text);
        }

        Assert.Equal(2, lab.Counters("v").Retries);
    }

    [Fact]
    public void A_request_that_waits_for_100_is_not_sent_again()
    {
        using var lab = new Lab(Two + "retry: { attempts: 1 }", new Origin(static connection =>
        {
            connection.ReadHead();
            connection.Wire.Reset();
        }), Acts.Origin(Acts.Say("well")));
        Assert.Equal(502, lab.Ask("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n").Status);
        Assert.Empty(lab.Origins[1].Requests);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    public void A_response_that_has_begun_is_never_begun_again(string response)
    {
        using var lab = new Lab(Two + "retry: { attempts: 3, rescue: true, on: [connect, reset, timeout, 5xx] }", Origin.SayingAndClosing(response), Acts.Origin(Acts.Say("well")));
        var answer = lab.Ask(World.Get());
        Assert.False(answer.IsComplete);
        Assert.Equal("half", answer.Text);
        Assert.Empty(lab.Origins[1].Requests);
    }

    [Fact]
    public void Behind_an_interim_response_nothing_is_sent_again()
    {
        using var lab = new Lab(Two + "retry: { attempts: 1 }", Origin.SayingAndClosing("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), Acts.Origin(Acts.Say("well")));
        using var client = lab.Connect();
        client.Send(World.Get());
        Assert.Equal(103, Message.ReadResponse(client)!.Status);
        Assert.Equal(502, Message.ReadResponse(client)!.Status);
        Assert.Empty(lab.Origins[1].Requests);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("reset")]
    [InlineData("503")]
    public void Pipelined_requests_are_answered_in_their_order_through_retries(string failure)
    {
        var echo = Origin.Echo();
        var origins = failure == "refused" ? [echo] : new[] { echo, Acts.Origin(Acts.ByName(failure)) };
        var endpoints = failure == "refused" ? "\"$dead\", \"$0\"" : "\"$1\", \"$0\"";
        using var lab = new Lab($$"""
            versions: { v: { endpoints: [{{endpoints}}] } }
            retry: { attempts: 1, budget: 100%, on: [connect, reset, 503] }
            """, origins);
        using var client = lab.Connect();
        for (var round = 0; round < 5; round++)
        {
            client.Send(string.Concat(Enumerable.Range(0, 10).Select(i => World.Get($"/{i}"))) + World.Post("x", "/end"));
            for (var i = 0; i < 10; i++) Assert.Equal($"GET /{i} ", Message.ReadResponse(client)!.Text);
            var last = Message.ReadResponse(client)!;
            if (last.Status != 200)
            {
                // What may not be sent twice, and had its turn at the one that fails.
                Assert.NotEqual("refused", failure);
                Assert.False(last["Connection"] == "close");
                continue;
            }

            Assert.Equal("POST /end x", last.Text);
        }

        Assert.True(lab.Counters("v").Retries > 10);
    }

    [Fact]
    public void A_request_that_was_sent_again_has_the_same_id_at_both_endpoints()
    {
        using var lab = new Lab(Two + "retry: { attempts: 1, on: [503] }", Acts.Origin(Acts.Fail503), Acts.Origin(Acts.Say("well")));
        var answer = lab.Ask(World.Get());
        Assert.NotNull(answer["X-Request-ID"]);
        Assert.All(lab.Origins, origin => Assert.Equal(answer["X-Request-ID"], Assert.Single(origin.Requests)["X-Request-ID"]));
    }
}
