using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace FastCanary.Proxy.Tests;

/// <summary><c>maxConnections</c> and <c>queue</c>: how many requests an endpoint has at a time, and who waits.</summary>
public sealed class PlaceTests
{
    private const string One = """
        versions: { v: { endpoints: [{ address: "$0", maxConnections: 1 }] } }
        queue: { size: 100, timeout: 20s }
        timeouts: { response: 20s }
        """;

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public void No_more_requests_are_at_the_origin_at_a_time_than_it_takes_and_all_are_answered(int loops, bool keepAlive)
    {
        using var gauge = new Gauge();
        using var lab = new Lab(One.Replace("maxConnections: 1", "maxConnections: 3", StringComparison.Ordinal), loops, "", gauge.Origin(delayMs: 5, keepAlive));
        var statuses = new ConcurrentBag<int>();
        var threads = Enumerable.Range(0, 24).Select(_ => new Thread(
            () =>
            {
                using var client = Wire.Connect(lab.Port);
                for (var i = 0; i < 5; i++)
                {
                    client.Send(World.Get());
                    statuses.Add(Message.ReadResponse(client)!.Status);
                }
            },
            256 << 10)).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());
        Assert.Equal(120, statuses.Count(static status => status == 200));
        Assert.InRange(gauge.Most, 1, 3);
        Assert.True(lab.Counters("v").Queued > 0);
    }

    [Fact]
    public void Those_who_wait_are_served_in_the_order_in_which_they_came()
    {
        var gate = new Gate();
        using var lab = new Lab(One, gate.Origin());
        var clients = Queue(lab, 10);
        gate.Open();
        for (var i = 0; i < 10; i++) Assert.Equal(200, Message.ReadResponse(clients[i])!.Status);
        Assert.Equal(Enumerable.Range(0, 10).Select(static i => $"/{i}"), lab.Origins[0].Requests.Select(static request => request.Target));
        Assert.Equal(9, lab.Counters("v").Queued);
    }

    [Fact]
    public void Who_comes_when_as_many_wait_as_may_is_told_at_once_and_its_connection_goes_on()
    {
        var gate = new Gate();
        using var lab = new Lab(One.Replace("size: 100", "size: 2", StringComparison.Ordinal), gate.Origin());
        var clients = Queue(lab, 3);
        using var late = lab.Connect();
        late.Send(World.Get() + World.Get());
        for (var i = 0; i < 2; i++) Assert.Equal(503, Message.ReadResponse(late)!.Status);
        World.Eventually(() => lab.Plane.Count(ExchangeOutcome.QueueFull) == 2, "counted");
        gate.Open();
        clients.ForEach(static client => Assert.Equal(200, Message.ReadResponse(client)!.Status));
        late.Send(World.Get("/late"));
        Assert.Equal(200, Message.ReadResponse(late)!.Status);
        Assert.Equal(4, lab.Origins[0].Requests.Count);
    }

    [Fact]
    public void A_queue_of_nobody_is_full()
    {
        var gate = new Gate();
        using var lab = new Lab(One.Replace("size: 100", "size: 0", StringComparison.Ordinal), gate.Origin());
        var clients = Queue(lab, 1);
        Assert.Equal([503, 503], lab.Ask(2));
        gate.Open();
        Assert.Equal(200, Message.ReadResponse(clients[0])!.Status);
    }

    [Fact]
    public void Who_waits_too_long_is_told_so_and_its_connection_goes_on()
    {
        var gate = new Gate();
        using var lab = new Lab(One.Replace("timeout: 20s", "timeout: 100ms", StringComparison.Ordinal), gate.Origin());
        var clients = Queue(lab, 1);
        var watch = Stopwatch.StartNew();
        using var second = lab.Connect();
        second.Send(World.Get("/second"));
        Assert.Equal(503, Message.ReadResponse(second)!.Status);
        Assert.InRange(watch.ElapsedMilliseconds, 90, long.MaxValue);
        Assert.Equal(0, lab.Waiting("v"));
        gate.Open();
        Assert.Equal(200, Message.ReadResponse(clients[0])!.Status);
        second.Send(World.Get("/third"));
        Assert.Equal(200, Message.ReadResponse(second)!.Status);
        Assert.DoesNotContain(lab.Origins[0].Requests, static request => request.Target == "/second");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_leaves_while_it_waits_leaves_the_queue(bool reset)
    {
        var gate = new Gate();
        using var lab = new Lab(One, gate.Origin());
        var clients = Queue(lab, 4);
        if (reset) clients[2].Reset();
        else clients[2].Dispose();
        // An orderly end may be that of its sending side alone: a second decides.
        World.Eventually(() => lab.Waiting("v") == 2, "one of three has left");
        World.Eventually(() => lab.Plane.Count(ExchangeOutcome.ClientGone) == 1, "counted");
        gate.Open();
        foreach (var i in (int[])[0, 1, 3]) Assert.Equal(200, Message.ReadResponse(clients[i])!.Status);
        Assert.Equal(["/0", "/1", "/3"], lab.Origins[0].Requests.Select(static request => request.Target));
    }

    [Fact]
    public void Who_has_ended_only_its_own_side_is_served()
    {
        var gate = new Gate();
        using var lab = new Lab(One, gate.Origin());
        World.BelieveInHalfClosed(lab.Plane);
        var clients = Queue(lab, 2);
        clients[1].Finish();
        gate.Open();
        foreach (var client in clients) Assert.Equal(200, Message.ReadResponse(client)!.Status);
    }

    [Fact]
    public void A_place_that_becomes_free_as_its_next_owner_leaves_goes_on_to_the_one_behind()
    {
        using var lab = new Lab(One, Acts.Origin(Acts.Say("well")));
        // Whichever comes first, an answer or a leaving client, nothing may be lost.
        for (var round = 0; round < 30; round++)
        {
            var clients = Enumerable.Range(0, 8).Select(_ => lab.Connect()).ToList();
            clients.ForEach(static client => client.Send(World.Get()));
            for (var i = 0; i < 8; i += 2)
            {
                if (i % 4 == 0) clients[i].Reset();
                else clients[i].Finish();
            }

            for (var i = 1; i < 8; i += 2) Assert.Equal(200, Message.ReadResponse(clients[i])!.Status);
            clients.ForEach(static client => client.Dispose());
        }
    }

    [Fact]
    public void A_tunnel_holds_its_place_until_it_ends()
    {
        using var lab = new Lab(One, new Origin(static connection =>
        {
            while (connection.ReadRequest() is { } request)
            {
                if (request["Upgrade"] is null)
                {
                    connection.Answer("well");
                    continue;
                }

                connection.Wire.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
                connection.Wire.ReadEnd();
                return;
            }
        }));
        var tunnel = lab.Connect();
        tunnel.Send("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        Assert.Equal(101, Message.ReadResponse(tunnel)!.Status);
        using var client = lab.Connect();
        client.Send(World.Get());
        World.Eventually(() => lab.Waiting("v") == 1, "it waits");
        Assert.Equal(1, lab.Service.Versions[0].Endpoints[0].State.Connections);
        tunnel.Dispose();
        Assert.Equal(200, Message.ReadResponse(client)!.Status);
    }

    [Fact]
    public void A_tcp_connection_holds_its_place_until_it_ends()
    {
        using var lab = new Lab(One.Replace("size: 100", "size: 2", StringComparison.Ordinal), 1, ", protocol: tcp", new Origin(static connection =>
        {
            connection.Wire.Send($"{connection.Index}");
            connection.Wire.ReadEnd();
        }));
        var first = lab.Connect();
        Assert.Equal("0", first.ReadText(1));
        var second = lab.Connect();
        World.Eventually(() => lab.Waiting("v") == 1, "the second waits");
        var third = lab.Connect();
        World.Eventually(() => lab.Waiting("v") == 2, "the third waits");
        // As many wait as may.
        Assert.Equal(EndKind.Reset, lab.Connect().ReadEnd());
        // One that leaves; its bytes would have been for the origin.
        third.Send("x");
        third.Reset();
        World.Eventually(() => lab.Waiting("v") == 1, "the third has left");
        first.Dispose();
        Assert.Equal("1", second.ReadText(1));
        Assert.Equal(2, lab.Origins[0].Accepted);
    }

    [Fact]
    public void A_tcp_client_that_has_ended_only_its_own_side_is_served()
    {
        using var lab = new Lab(One, 1, ", protocol: tcp", new Origin(static connection => connection.Wire.Send(connection.Wire.ReadThrough("!"))));
        World.BelieveInHalfClosed(lab.Plane);
        var first = lab.Connect();
        first.Send("first");
        World.Eventually(() => lab.Origins[0].Accepted == 1, "the first is there");
        var second = lab.Connect();
        second.Send("second!");
        second.Finish();
        World.Eventually(() => lab.Waiting("v") == 1, "the second waits");
        first.Send("!");
        Assert.Equal("first!", first.ReadText(6));
        first.Dispose();
        Assert.Equal("second!", second.ReadText(7));
    }

    [Fact]
    public void A_tcp_connection_that_waits_too_long_is_reset()
    {
        using var lab = new Lab(One.Replace("timeout: 20s", "timeout: 50ms", StringComparison.Ordinal), 1, ", protocol: tcp", new Origin(static connection =>
        {
            connection.Wire.Send("x");
            connection.Wire.ReadEnd();
        }));
        var first = lab.Connect();
        Assert.Equal("x", first.ReadText(1));
        Assert.Equal(EndKind.Reset, lab.Connect().ReadEnd());
        World.Eventually(() => lab.Plane.Count(ExchangeOutcome.QueueTimedOut) == 1, "counted");
    }

    [Theory]
    [InlineData(", maxConnections: 3", 1)]
    [InlineData(", maxConnections: 3", 2)]
    [InlineData("", 1)]
    [InlineData("", 2)]
    public void A_reload_that_raises_or_removes_the_bound_lets_the_waiting_go(string bound, int loops)
    {
        var gate = new Gate();
        using var lab = new Lab(One, loops, "", gate.Origin());
        var clients = Queue(lab, 3);
        lab.Apply(One.Replace(", maxConnections: 1", bound, StringComparison.Ordinal));
        World.Eventually(() => lab.Origins[0].Requests.Count == 3, "all are at the origin");
        gate.Open();
        clients.ForEach(static client => Assert.Equal(200, Message.ReadResponse(client)!.Status));
    }

    [Fact]
    public void A_reload_that_takes_the_version_away_leaves_the_waiting_where_they_are()
    {
        var gate = new Gate();
        using var lab = new Lab(One, gate.Origin());
        var clients = Queue(lab, 3);
        lab.Apply(One.Replace("versions: { v:", "versions: { w:", StringComparison.Ordinal));
        gate.Open();
        clients.ForEach(static client => Assert.Equal(200, Message.ReadResponse(client)!.Status));
    }

    [Fact]
    public void Those_who_wait_for_an_endpoint_that_is_ejected_go_to_the_baseline()
    {
        using var gate = new ManualResetEventSlim();
        using var lab = new Lab(
            """
            versions: { base: { weight: 0, endpoints: ["$0"] }, canary: { weight: 1, endpoints: [{ address: "$1", maxConnections: 1 }] } }
            queue: { size: 100, timeout: 20s }
            outlier: { consecutiveFailures: 1, eject: 1h }
            timeouts: { response: 20s }
            """,
            Acts.Origin(Acts.Say("base")),
            Acts.Origin((connection, request) =>
            {
                gate.Wait(Wire.PatienceMs);
                return Acts.Fail500(connection, request);
            }));
        var clients = Queue(lab, 4, "canary");
        gate.Set();
        Assert.Equal(500, Message.ReadResponse(clients[0])!.Status);
        foreach (var client in clients.Skip(1)) Assert.Equal("base", Message.ReadResponse(client)!.Text);
        Assert.Equal(3, lab.Counters("canary").Diverted);
    }

    [Fact]
    public void A_retry_gives_its_place_back_before_it_takes_another()
    {
        using var lab = new Lab("""
            versions: { v: { endpoints: [{ address: "$0", maxConnections: 1 }] } }
            retry: { attempts: 3, budget: 100%, on: [503] }
            queue: { size: 100, timeout: 20s }
            """, Acts.Origin(Acts.Fail503));
        Parallel.For(0, 8, _ => Assert.Equal(503, lab.Ask(World.Get()).Status));
        Assert.InRange(lab.Origins[0].Requests.Count, 8 + 9, 32);
    }

    [Fact]
    public void A_data_plane_ends_while_requests_wait()
    {
        var gate = new Gate();
        var lab = new Lab(One, gate.Origin());
        Queue(lab, 3);
        var ended = Task.Run(lab.Plane.Dispose);
        World.Eventually(() => ended.IsCompleted, "the loops end");
        Assert.Null(lab.Plane.LastBug);
        gate.Open();
        lab.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Of_200_clients_some_of_whom_leave_every_other_gets_its_one_answer(int loops)
    {
        using var gauge = new Gauge();
        using var lab = new Lab(One.Replace("maxConnections: 1", "maxConnections: 3", StringComparison.Ordinal).Replace("size: 100", "size: 500", StringComparison.Ordinal), loops, "", gauge.Origin(delayMs: 1, keepAlive: true));
        var wrong = new ConcurrentQueue<string>();
        var answered = 0;
        var threads = Enumerable.Range(0, 200).Select(index => new Thread(() => RunClient(index), 256 << 10)).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => Assert.True(thread.Join(30_000), "a client stands still"));
        Assert.Empty(wrong);
        Assert.True(answered > 400, $"{answered}");
        // One that hung up during its request may still be at the origin when the next one comes.
        Assert.True(lab.Counters("v").Queued > 0);
        lab.AssertNothingLeft();
        Assert.Equal(0, lab.Plane.Count(ExchangeOutcome.InternalError));

        void RunClient(int index)
        {
            var random = new Random(index);
            try
            {
                var client = Wire.Connect(lab.Port);
                for (var i = 0; i < 4; i++)
                {
                    client.Send(World.Get($"/{index}/{i}"));
                    if (random.Next(6) == 0)
                    {
                        Thread.Sleep(random.Next(20));
                        if (random.Next(2) == 0) client.Reset();
                        else client.Dispose();
                        client = Wire.Connect(lab.Port);
                        continue;
                    }

                    var answer = Message.ReadResponse(client);
                    if (answer?.Text != $"/{index}/{i}") wrong.Enqueue($"/{index}/{i}: {answer?.StartLine} {answer?.Text}");
                    else Interlocked.Increment(ref answered);
                }

                client.Finish();
                if (client.ReadEnd() != EndKind.Closed || client.ReadByte() >= 0) wrong.Enqueue($"/{index}: more than was asked for");
                client.Dispose();
            }
            catch (Exception e)
            {
                wrong.Enqueue($"/{index}: {e.Message}");
            }
        }
    }

    /// <summary>So many requests, one behind the other: the first is at the origin, the others wait.</summary>
    private static List<Wire> Queue(Lab lab, int count, string version = "v")
    {
        var clients = new List<Wire>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(lab.Connect());
            clients[i].Send(World.Get($"/{i}"));
            var waiting = i;
            if (i == 0) World.Eventually(() => lab.Origins.Sum(static origin => origin.Requests.Count) == 1, "the first is at the origin");
            else World.Eventually(() => lab.Waiting(version) == waiting, $"{waiting} wait");
        }

        return clients;
    }

    /// <summary>Holds all answers back until it is opened.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => _open.SetResult();

        public Origin Origin() => Acts.Origin((connection, request) =>
        {
            _open.Task.Wait(Wire.PatienceMs);
            return Acts.Say("well")(connection, request);
        });
    }

    /// <summary>How many requests are at an origin at a time.</summary>
    private sealed class Gauge : IDisposable
    {
        private readonly Lock _lock = new();
        private int _now;

        public int Most { get; private set; }

        public Origin Origin(int delayMs, bool keepAlive) => new(connection =>
        {
            while (connection.ReadRequest() is { IsComplete: true } request)
            {
                lock (_lock) Most = Math.Max(Most, ++_now);
                Thread.Sleep(delayMs);
                lock (_lock) _now--;
                if (keepAlive)
                {
                    connection.Answer(request.Target);
                    continue;
                }

                connection.Wire.TrySend($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {request.Target.Length}\r\n\r\n{request.Target}");
                return;
            }
        });

        public void Dispose()
        {
            // Nothing of its own.
        }
    }
}
