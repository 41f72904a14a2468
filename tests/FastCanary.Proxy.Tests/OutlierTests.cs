using System.Net;
using System.Net.Sockets;

namespace FastCanary.Proxy.Tests;

/// <summary>Ejection of endpoints that fail again and again, as clients and origins see it.</summary>
public sealed class OutlierTests
{
    private const string Timeouts = """
        timeouts: { connect: 10s, response: 20s }

        """;

    private const string Two = Timeouts + """
        versions: { v: { endpoints: ["$0", "$1"] } }

        """;

    private const string Split = Timeouts + """
        versions: { base: { weight: 1, endpoints: ["$0"] }, canary: { weight: 1, endpoints: ["$1"] } }

        """;

    [Theory]
    [InlineData("500")]
    [InlineData("reset")]
    [InlineData("hang")]
    [InlineData("malformed")]
    [InlineData("truncated")]
    public void Five_failures_in_a_row_of_any_kind_eject(string failure)
    {
        using var lab = new Lab(Two + "outlier: { consecutiveFailures: 5, eject: 1h }", Acts.Origin(Acts.Say("well")), Acts.Origin(Acts.ByName(failure)));
        for (var i = 0; i < 30; i++) TryAsk(lab, hangs: failure == "hang" && i < 10 && i % 2 == 1);
        lab.AssertRequests(5, origin: 1);
        lab.AssertRequests(25, origin: 0);
        Assert.Equal((1, 5), (Endpoint(lab, 1).Ejections, lab.Counters("v").Failures));
    }

    [Fact]
    public void Five_refused_connections_eject()
    {
        using var lab = new Lab((Two + "outlier: { consecutiveFailures: 5, eject: 1h }").Replace("$1", "$dead", StringComparison.Ordinal), Acts.Origin(Acts.Say("well")));
        var statuses = lab.Ask(30);
        Assert.Equal((5, 25), (statuses.Count(static status => status == 502), statuses.Count(static status => status == 200)));
    }

    /// <summary>A time-out of the response's body is a time-out.</summary>
    [Theory]
    [InlineData("timeout", true)]
    [InlineData("reset", false)]
    public void A_body_that_stands_still_counts_as_a_time_out(string counted, bool ejects)
    {
        using var lab = new Lab($$"""
            versions: { v: { endpoints: ["$0", "$1"] } }
            timeouts: { responseBody: 50ms }
            outlier: { consecutiveFailures: 2, eject: 1h, failures: [{{counted}}] }
            """, Acts.Origin(Acts.Say("well")), new Origin(static connection =>
            {
                connection.ReadRequest();
                connection.Wire.TrySend("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                connection.Wire.ReadEnd();
            }));
        for (var i = 0; i < 10; i++) TryAsk(lab);
        lab.AssertRequests(ejects ? 2 : 5, origin: 1);
    }

    [Theory]
    [InlineData("connect", "500")]
    [InlineData("reset", "500")]
    [InlineData("5xx", "reset")]
    [InlineData("reset", "hang")]
    public void What_is_not_counted_does_not_eject(string counted, string failure)
    {
        using var lab = new Lab(Two + $"outlier: {{ consecutiveFailures: 2, eject: 1h, failures: [{counted}] }}", Acts.Origin(Acts.Say("well")), Acts.Origin(Acts.ByName(failure)));
        for (var i = 0; i < 10; i++) TryAsk(lab, hangs: failure == "hang" && i % 2 == 1);
        lab.AssertRequests(5, origin: 1);
    }

    [Fact]
    public void A_success_between_two_failures_begins_the_count_anew()
    {
        var count = 0;
        using var lab = new Lab(
            Two + "outlier: { consecutiveFailures: 2, eject: 1h }",
            Acts.Origin(Acts.Say("well")),
            Acts.Origin(() => Interlocked.Increment(ref count) % 2 == 0 ? Acts.Say("well") : Acts.Fail500));
        lab.Ask(20);
        Assert.Equal(10, lab.Origins[1].Requests.Count);
    }

    [Fact]
    public void An_ejected_endpoint_comes_back_and_goes_again_at_its_first_failure()
    {
        var act = Acts.Fail500;
        using var lab = new Lab(Two + "outlier: { consecutiveFailures: 3, eject: 300ms }", Acts.Origin(Acts.Say("well")), Acts.Origin(() => Volatile.Read(ref act)));
        var sick = lab.Origins[1];
        World.Eventually(() => AskOnce(lab) && sick.Requests.Count == 3, "three failures");
        Assert.Equal(1, Endpoint(lab, 1).Ejections);
        Assert.Equal(300, Endpoint(lab, 1).EjectedForMs);
        var untilMs = Endpoint(lab, 1).EjectedUntilMs;
        World.Eventually(() => AskOnce(lab) && sick.Requests.Count == 4, "it is tried again");
        Assert.Equal(2, Endpoint(lab, 1).Ejections);
        // Twice as long, unless the machine stood still for so long that it begins anew.
        var failedMs = Endpoint(lab, 1).EjectedUntilMs - Endpoint(lab, 1).EjectedForMs;
        Assert.Equal(failedMs - untilMs <= 300 ? 600 : 300, Endpoint(lab, 1).EjectedForMs);
        Volatile.Write(ref act, Acts.Say("again"));
        World.Eventually(() => AskOnce(lab) && sick.Requests.Count >= 10, "it takes its turns again");
        Assert.Equal(0, Endpoint(lab, 1).ConsecutiveFailures);
        Assert.Equal(2, Endpoint(lab, 1).Ejections);
    }

    [Fact]
    public void No_more_endpoints_are_out_at_once_than_may_be()
    {
        const string Four = Timeouts + """
            versions: { v: { endpoints: ["$0", "$1", "$2", "$3"] } }
            outlier: { consecutiveFailures: 2, eject: 1h, maxEjected: 50% }
            """;
        using var lab = new Lab(Four, [.. Enumerable.Range(0, 4).Select(static _ => Acts.Origin(Acts.Fail500))]);
        lab.Ask(40);
        Assert.Equal(2, lab.Service.Versions[0].Endpoints.Count(static endpoint => endpoint.State.Ejections > 0));
        Assert.Equal(2, lab.Origins.Count(static origin => origin.Requests.Count == 2));
        Assert.Equal(36, lab.Origins.Where(static origin => origin.Requests.Count > 2).Sum(static origin => origin.Requests.Count));
    }

    [Fact]
    public void The_share_of_a_version_whose_only_endpoint_is_out_goes_to_the_baseline_and_comes_back()
    {
        var act = Acts.Fail500;
        using var lab = new Lab(Split + "outlier: { consecutiveFailures: 2, eject: 1h }", Acts.Origin(Acts.Say("base")), Acts.Origin(() => Volatile.Read(ref act)));
        var statuses = lab.Ask(20);
        Assert.Equal(2, statuses.Count(static status => status == 500));
        Assert.Equal((18, 2), (lab.Origins[0].Requests.Count, lab.Origins[1].Requests.Count));
        Assert.Equal((8, 0), (lab.Counters("canary").Diverted, lab.Counters("base").Diverted));
    }

    [Fact]
    public void It_comes_back_when_its_time_is_over()
    {
        var act = Acts.Fail500;
        using var lab = new Lab(Split + "outlier: { consecutiveFailures: 2, eject: 200ms }", Acts.Origin(Acts.Say("base")), Acts.Origin(() => Volatile.Read(ref act)));
        lab.Ask(4);
        Assert.Equal(1, Endpoint(lab, 1).Ejections);
        Volatile.Write(ref act, Acts.Say("canary"));
        World.Eventually(() => lab.Ask(World.Get()).Text == "canary", "the canary is back");
        var diverted = lab.Counters("canary").Diverted;
        Assert.Equal("bbbcccc", string.Concat(Enumerable.Range(0, 7).Select(_ => lab.Ask(World.Get()).Text[0]).Order())[..7].Replace("bbbbccc", "bbbcccc", StringComparison.Ordinal));
        Assert.Equal(diverted, lab.Counters("canary").Diverted);
    }

    [Fact]
    public void A_tunnel_of_a_baseline_or_a_canary_counts_as_well()
    {
        using var lab = new Lab(Two + "outlier: { consecutiveFailures: 2, eject: 1h }", Acts.Origin(Acts.Say("well")), new Origin(static connection =>
        {
            var request = connection.ReadRequest();
            if (request?["Upgrade"] is null) connection.Wire.TrySend("HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            else connection.Wire.TrySend("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        }));
        const string Upgrade = "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal([200, 500], lab.Ask(2));
            Assert.Equal(200, lab.Ask(World.Get()).Status);
            Assert.Equal(101, lab.Ask(Upgrade).Status);
        }

        Assert.Equal(0, Endpoint(lab, 1).Ejections);
    }

    [Fact]
    public void Where_nothing_is_left_all_are_tried()
    {
        using var lab = new Lab(Split + "outlier: { consecutiveFailures: 2, eject: 1h }", Acts.Origin(Acts.Fail500), Acts.Origin(Acts.Fail503));
        Assert.Equal(Enumerable.Range(0, 10).SelectMany(static _ => new[] { 500, 503 }), lab.Ask(20));
        Assert.Equal((1, 1), (Endpoint(lab, 0).Ejections, Endpoint(lab, 1).Ejections));
        // Each is asked in its own turn: the baseline is no better.
        Assert.Equal((10, 10), (lab.Origins[0].Requests.Count, lab.Origins[1].Requests.Count));
    }

    [Fact]
    public void So_are_those_with_a_bound_for_their_connections()
    {
        var bounded = (Two + "outlier: { consecutiveFailures: 1, eject: 1h, maxEjected: 100% }").Replace("\"$0\", \"$1\"", """{ address: "$0", maxConnections: 1 }""", StringComparison.Ordinal);
        using var lab = new Lab(bounded, Acts.Origin(Acts.Fail500));
        Assert.All(lab.Ask(10), static status => Assert.Equal(500, status));
        Assert.Equal(10, lab.Origins[0].Requests.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Slow_start_begins_with_a_small_share_and_ends_with_all_of_it(int loops)
    {
        var act = Acts.Fail500;
        const string Slow = """
            versions: { v: { endpoints: ["$0", "$1"] } }
            outlier: { consecutiveFailures: 2, eject: 100ms }
            slowStart: 4s
            """;
        using var lab = new Lab(Slow, loops, "", Acts.Origin(Acts.Say("a")), Acts.Origin(() => Volatile.Read(ref act)));
        var asked = 0L;
        World.Eventually(() => (asked = Environment.TickCount64) > 0 && AskOnce(lab) && Endpoint(lab, 1).Ejections > 0, "it is out");
        Volatile.Write(ref act, Acts.Say("b"));
        World.Eventually(() => lab.Ask(World.Get()).Text == "b", "it is back");
        var watch = Environment.TickCount64;
        var early = 0;
        for (var i = 0; i < 40; i++) early += lab.Ask(World.Get()).Text == "b" ? 1 : 0;
        // On a machine that stands still for a while, this part says nothing: its share grows from when it is no longer out, whoever asks.
        if (Environment.TickCount64 - asked < 1100) Assert.InRange(early, 0, 14);
        World.Eventually(() => Environment.TickCount64 - watch > 4200, "the start is over");
        var late = 0;
        for (var i = 0; i < 40; i++) late += lab.Ask(World.Get()).Text == "b" ? 1 : 0;
        Assert.Equal(20, late);
    }

    [Fact]
    public void What_a_reload_keeps_stays_ejected()
    {
        const string Out = Two + "outlier: { consecutiveFailures: 2, eject: 1h }";
        using var lab = new Lab(Out, Acts.Origin(Acts.Say("well")), Acts.Origin(Acts.Fail500));
        lab.Ask(10);
        lab.Apply(Out + "\nslowStart: 1s");
        lab.Ask(10);
        Assert.Equal((18, 2), (lab.Origins[0].Requests.Count, lab.Origins[1].Requests.Count));
    }

    [Fact]
    public void Tcp_connections_that_are_refused_eject_and_are_diverted()
    {
        using var lab = new Lab(
            """
            versions: { base: { weight: 1, endpoints: ["$0"] }, canary: { weight: 1, endpoints: ["$dead"] } }
            outlier: { consecutiveFailures: 3, eject: 1h }
            """,
            1,
            ", protocol: tcp",
            new Origin(static connection => connection.Wire.Send("hello")));
        var ends = Enumerable.Range(0, 20).Select(_ =>
        {
            using var client = Wire.Connect(lab.Port);
            return client.ReadText(5);
        }).ToList();
        Assert.Equal(3, ends.Count(static end => end.Length == 0));
        Assert.Equal((7, 3), (lab.Counters("canary").Diverted, lab.Counters("canary").Failures));
    }

    private static Traffic.EndpointState Endpoint(Lab lab, int i) =>
        lab.Snapshot.Endpoints.Single(endpoint => endpoint.Address.Equals(new IPEndPoint(IPAddress.Loopback, lab.Origins[i].Port))).State;

    private static bool AskOnce(Lab lab)
    {
        lab.Ask(World.Get());
        return true;
    }

    /// <param name="lab">Where.</param>
    /// <param name="hangs">It is the turn of an origin that never answers; any other has all the time it needs.</param>
    private static void TryAsk(Lab lab, bool hangs = false)
    {
        lab.SetResponseTimeout(hangs ? 100 : Wire.PatienceMs);
        using var client = Wire.Connect(lab.Port);
        client.Send(World.Get());
        Message.ReadResponse(client);
    }
}
