using System.Diagnostics;
using FastCanary.Traffic;

namespace FastCanary.Proxy.Tests.Counters;

/// <summary>Latencies, tunnels, tcp connections, and what connections there are.</summary>
public sealed class VersionTotalsTests
{
    private const string One = """
        versions: { v: { endpoints: ["$0"] } }

        """;

    [Fact]
    public void A_latency_is_from_the_requests_head_to_the_responses_last_byte()
    {
        const int PauseMs = 40;
        using var half = new ManualResetEventSlim();
        using var origin = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Wire.TrySend("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            // The proxy has read so far, and reads the rest with a later look at its clock.
            half.Wait(Wire.PatienceMs);
            Thread.Sleep(PauseMs);
            connection.Wire.TrySend("__half");
            connection.Wire.ReadEnd();
        });
        using var lab = new Lab(One, origin);
        using var client = lab.Connect();
        client.Send(World.Get());
        client.ReadThrough("half");
        half.Set();
        Assert.Equal("__half", client.ReadText(6));
        var totals = lab.Totals("v", 1);
        Assert.InRange(totals.LatencySumMicros, (PauseMs - 1) * 1000, LatencyScale.MicrosMax);
        Assert.Equal(1, totals.Latency[LatencyScale.IndexOf(totals.LatencySumMicros)]);
        Assert.Equal(1, totals.Latency.Sum());
    }

    [Fact]
    public void The_time_in_which_a_client_thinks_is_no_latency()
    {
        using var lab = new Lab(One, Acts.Origin(Acts.Say("v")));
        using var client = lab.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: ");
        Thread.Sleep(200);
        var watch = Stopwatch.StartNew();
        client.Send("a.example\r\n\r\n");
        Assert.Equal(200, Message.ReadResponse(client)!.Status);
        // However long the response took, as the client saw it: what it thought before would be on top of it.
        var seenMicros = watch.ElapsedMilliseconds * 1000;
        var totals = lab.Totals("v", 1);
        Assert.InRange(totals.LatencySumMicros, 0, seenMicros + 150_000);
    }

    [Fact]
    public void A_tunnel_counts_when_it_begins_and_never_again()
    {
        const string Accept = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        using var origin = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Send(Accept);
            connection.Wire.ReadEnd();
        });
        using var lab = new Lab(One, origin);
        using var client = lab.Connect();
        client.Send("GET /ws HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        Assert.Equal(101, Message.ReadResponse(client)!.Status);
        Assert.Equal((1, 1), (lab.Totals("v", 1).Statuses[1], lab.Totals("v").Latency.Sum()));
        Assert.Equal((1, 0), lab.Plane.UpstreamConnectionsOf(lab.Version("v")));
        client.Dispose();
        World.Eventually(() => lab.Plane.Sessions == 0, "the tunnel has ended");
        Assert.Equal((1, 1, 0), (lab.Totals("v").Requests, lab.Totals("v").Latency.Sum(), lab.Totals("v").Failures));
        Assert.Equal((0, 0), lab.Plane.UpstreamConnectionsOf(lab.Version("v")));
    }

    [Fact]
    public void A_tcp_connection_is_a_request_without_status_from_when_it_is_connected()
    {
        using var origin = new Origin(connection =>
        {
            connection.Wire.Send("hello");
            connection.Wire.ReadEnd();
        });
        using var lab = new Lab(One, 1, ", protocol: tcp", origin);
        using var client = lab.Connect();
        Assert.Equal("hello", client.ReadText(5));
        var totals = lab.Totals("v", 1);
        Assert.Equal((0, 0, 0), (totals.Failures, totals.Statuses.Sum(), totals.Latency.Sum()));
        Assert.Equal((1, 0), (totals.Evidence0.Requests, totals.Evidence0.Failures));
        Assert.Equal((1, 0), lab.Plane.UpstreamConnectionsOf(lab.Version("v")));
        client.Dispose();
        World.Eventually(() => lab.Plane.Sessions == 0, "it has ended");
        Assert.Equal(1, lab.Totals("v").Requests);
        Assert.Equal((0, 0), lab.Plane.UpstreamConnectionsOf(lab.Version("v")));
    }

    [Fact]
    public void A_tcp_connection_that_finds_no_endpoint_is_a_failure()
    {
        using var lab = new Lab(One.Replace("$0", "$dead", StringComparison.Ordinal) + "retry: { attempts: 2 }", 1, ", protocol: tcp");
        Assert.Equal(EndKind.Reset, lab.Connect().ReadEnd());
        var totals = lab.Totals("v", 1);
        Assert.Equal((1, 1, 1), (totals.Failures, totals.Evidence0.Failures, totals.Evidence0.FirstFailures));
        Assert.Equal(0, totals.Statuses.Sum());
    }

    [Fact]
    public void All_loops_are_summed()
    {
        using var lab = new Lab(One, 3, "", Acts.Origin(Acts.Say("v")));
        for (var i = 0; i < 30; i++) lab.Ask(World.Get());
        var totals = lab.Totals("v", 30);
        Assert.Equal((30, 30, 30), (totals.Statuses[100], totals.Latency.Sum(), totals.Evidence0.Requests));
    }

    [Fact]
    public void A_reload_goes_on_counting()
    {
        using var lab = new Lab(One, Acts.Origin(Acts.Say("v")));
        lab.Ask(2);
        lab.Apply(One);
        lab.Ask(2);
        Assert.Equal(4, lab.Totals("v", 4).Evidence0.Requests);
    }

    [Fact]
    public void Connections_are_active_or_idle()
    {
        var gate = new ManualResetEventSlim();
        using var lab = new Lab(One, Acts.Origin((connection, request) =>
        {
            gate.Wait(Wire.PatienceMs);
            connection.Answer("v");
            return true;
        }));
        var listener = lab.Snapshot.Listeners[0];
        Assert.Equal(0, lab.Plane.ConnectionsOf(listener));
        using var first = lab.Connect();
        using var second = lab.Connect();
        first.Send(World.Get());
        second.Send(World.Get());
        World.Eventually(() => lab.Plane.UpstreamConnectionsOf(lab.Version("v")) == (2, 0), "both are in use");
        Assert.Equal(2, lab.Plane.ConnectionsOf(listener));
        gate.Set();
        Assert.Equal(200, Message.ReadResponse(first)!.Status);
        Assert.Equal(200, Message.ReadResponse(second)!.Status);
        World.Eventually(() => lab.Plane.UpstreamConnectionsOf(lab.Version("v")) == (0, 2), "both are kept");
        first.Dispose();
        World.Eventually(() => lab.Plane.ConnectionsOf(listener) == 1, "one client is left");
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        using var lab = new Lab(One, Acts.Origin(Acts.Say("v")));
        lab.Ask(3);
        var totals = lab.Totals("v", 3);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) lab.Plane.Read(lab.Service.Versions[0], totals);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(3, totals.Requests);
    }
}
