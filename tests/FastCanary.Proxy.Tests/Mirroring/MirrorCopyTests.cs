using System.Text;
using FastCanary.Traffic;

namespace FastCanary.Proxy.Tests;

/// <summary>Copies of requests on their way to the mirrored version, with the user's exchange played on the loop.</summary>
public sealed class MirrorCopyTests
{
    private const string Get = "GET /a/b?secret=1 HTTP/1.1\r\nHost: a.example\r\n\r\n";

    [Fact]
    public void The_copy_is_the_request_as_it_went_upstream_with_a_marker()
    {
        using var mirrored = Origin.Saying(MirrorWorld.Response("{}"));
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), mirrored);
        world.Play("GET /a?b=c HTTP/1.1\r\nHost: a.example\r\nX-Y: z\r\nConnection: close\r\n\r\n", MirrorWorld.Response("{}"));
        world.Play("POST /p HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\n\r\nbody", MirrorWorld.Response("{}"));
        world.Play("PUT /p HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", MirrorWorld.Response("{}"));
        world.AssertCounts(3, (MirrorCount.Equal, 3));
        var requests = mirrored.Requests.OrderBy(request => request.Method).ToArray();
        Assert.Equal(
            "GET /a?b=c HTTP/1.1\r\nHost: a.example\r\nX-Y: z\r\nVia: 1.1 fastcanary\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a.example\r\nX-Forwarded-For: 10.0.0.1\r\n"
            + "X-Canary-Mirrored: 1\r\n\r\n", requests[0].Head);
        Assert.Equal("body", requests[1].Text);
        Assert.Equal([2, 1, 0], requests[2].Chunks);
        Assert.Equal("abc", requests[2].Text);
        Assert.All(requests, request => Assert.True(request.IsComplete));
    }

    [Fact]
    public void Equal_responses_are_equal_and_their_connection_serves_the_next_copy()
    {
        using var mirrored = Origin.Saying("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nX-TAG: a\r\nx-tag: b\r\nTransfer-Encoding: chunked\r\nX-Other: 1\r\n\r\n"
            + "7\r\n{\"a\":1,\r\n11\r\n\"b\":2,\"time\":1}  \r\n0\r\n\r\n");
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), mirrored);
        for (var i = 1; i <= 20; i++)
        {
            world.Play(Get, MirrorWorld.Response("""{"b":2.0,"a":1,"time":2}""", "X-Tag: a\r\nX-Tag: b\r\nX-Other: 2\r\n"));
            world.AssertCounts(i, (MirrorCount.Equal, i));
        }

        Assert.Equal(1, mirrored.Accepted);
        Assert.Empty(world.Counters.Differences);
    }

    [Fact]
    public void A_users_chunked_response_is_compared_without_its_framing()
    {
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), Origin.Saying(MirrorWorld.Response("""{"a":1}""")));
        world.Play(Get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n6\r\n\"a\":1}\r\n0\r\nX-T: 1\r\n\r\n");
        world.AssertCounts(1, (MirrorCount.Equal, 1));
    }

    [Theory]
    [InlineData(404, "X-Tag: a\r\n", """{"a":1}""", MirrorCount.StatusChanged, "")]
    [InlineData(200, "X-Tag: b\r\n", """{"a":1}""", MirrorCount.HeaderChanged, "x-tag")]
    [InlineData(200, "", """{"a":1}""", MirrorCount.HeaderChanged, "x-tag")]
    [InlineData(200, "X-Tag: a\r\nX-Tag: a\r\n", """{"a":1}""", MirrorCount.HeaderChanged, "x-tag")]
    [InlineData(200, "X-Tag: a\r\nContent-Type: text/plain\r\n", """{"a":1}""", MirrorCount.HeaderChanged, "content-type")]
    [InlineData(200, "X-Tag: a\r\n", """{"a":2}""", MirrorCount.BodyChanged, "$.a")]
    [InlineData(200, "X-Tag: a\r\n", "{x", MirrorCount.BodyChanged, "byte 1")]
    [InlineData(200, "X-Tag: a\r\n", "", MirrorCount.BodyChanged, "byte 0")]
    public void A_difference_that_the_baseline_does_not_show_is_a_change(int status, string fields, string body, MirrorCount expected, string where)
    {
        var users = MirrorWorld.Response("""{"a":1}""", "X-Tag: a\r\n");
        using var baseline = Origin.Saying(users);
        using var world = new MirrorWorld(new MirrorOptions(), baseline, Origin.Saying(MirrorWorld.Response(body, fields, status)));
        world.Play(Get, users);
        world.AssertCounts(1, (expected, 1));
        var difference = Assert.Single(world.Counters.Differences);
        Assert.Equal(("GET", "/a/b", MirrorVerdict.Changed, 200, status, where), (difference.Method, difference.Path, difference.Verdict, difference.UserStatus, difference.MirroredStatus, difference.Where));
        Assert.Empty(world.Counters.Noise);
        var again = Assert.Single(baseline.Requests);
        Assert.Equal("1", again["X-Canary-Mirrored"]);
        Assert.Equal("/a/b?secret=1", again.Target);
    }

    [Theory]
    [InlineData(503, "X-Tag: a\r\n", """{"a":1}""", 404, "X-Tag: a\r\n", """{"a":1}""", MirrorCount.StatusNoise)]
    [InlineData(200, "X-Tag: c\r\n", """{"a":1}""", 200, "X-Tag: b\r\n", """{"a":1}""", MirrorCount.HeaderNoise)]
    [InlineData(200, "X-Tag: a\r\n", """{"a":3}""", 200, "X-Tag: a\r\n", """{"a":2}""", MirrorCount.BodyNoise)]
    [InlineData(200, "X-Tag: c\r\n", """{"a":1}""", 200, "X-Tag: a\r\n", """{"a":2}""", MirrorCount.BodyChanged)]
    public void A_difference_of_the_same_kind_in_the_baselines_second_answer_is_noise(
        int againStatus, string againFields, string againBody, int status, string fields, string body, MirrorCount expected)
    {
        using var baseline = Origin.Saying(MirrorWorld.Response(againBody, againFields, againStatus));
        using var world = new MirrorWorld(new MirrorOptions(), baseline, Origin.Saying(MirrorWorld.Response(body, fields, status)));
        world.Play(Get, MirrorWorld.Response("""{"a":1}""", "X-Tag: a\r\n"));
        world.AssertCounts(1, (expected, 1));
        Assert.Equal(expected == MirrorCount.BodyChanged ? 0 : 1, world.Counters.Noise.Count);
        Assert.Equal(expected == MirrorCount.BodyChanged ? 1 : 0, world.Counters.Differences.Count);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("get")]
    public void What_is_not_safe_is_never_sent_to_the_users_version_again(string method)
    {
        using var baseline = Origin.Echo();
        using var world = new MirrorWorld(new MirrorOptions(), baseline, Origin.Saying(MirrorWorld.Response("2")));
        world.Play($"{method} /x?y HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\nab", MirrorWorld.Response("1"));
        world.AssertCounts(1, (MirrorCount.BodyUnconfirmed, 1));
        Assert.Empty(baseline.Requests);
        Assert.Equal(new MirrorDifference(method, "/x", MirrorDifferenceKind.Body, MirrorVerdict.Unconfirmed, 200, 200, "$"), Assert.Single(world.Counters.Differences));
    }

    [Fact]
    public void A_baseline_that_does_not_answer_again_leaves_a_difference_unconfirmed()
    {
        using var baseline = new Origin(connection => connection.ReadRequest());
        using var world = new MirrorWorld(new MirrorOptions(), baseline, Origin.Saying(MirrorWorld.Response("2")));
        world.Play(Get, MirrorWorld.Response("1"));
        world.AssertCounts(1, (MirrorCount.BodyUnconfirmed, 1));
    }

    [Fact]
    public void A_HEAD_is_compared_without_bodies()
    {
        using var mirrored = Origin.Saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), mirrored);
        world.Play("HEAD / HTTP/1.1\r\nHost: a.example\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n");
        world.AssertCounts(1, (MirrorCount.Equal, 1));
    }

    [Theory]
    [InlineData(MirrorBodyComparison.Exact, "{ }", "", MirrorCount.BodyUnconfirmed)]
    [InlineData(MirrorBodyComparison.Exact, "{}", "", MirrorCount.Equal)]
    [InlineData(MirrorBodyComparison.None, "other", "", MirrorCount.Equal)]
    [InlineData(MirrorBodyComparison.Json, "{ }", "", MirrorCount.Equal)]
    [InlineData(MirrorBodyComparison.Json, "{}", "Content-Encoding: gzip\r\n", MirrorCount.Equal)]
    [InlineData(MirrorBodyComparison.Json, "{ }", "Content-Encoding: gzip\r\n", MirrorCount.Encoded)]
    [InlineData(MirrorBodyComparison.Json, "{ }", "Content-Encoding: Identity\r\n", MirrorCount.Equal)]
    [InlineData(MirrorBodyComparison.Exact, "{ }", "Content-Encoding: gzip\r\n", MirrorCount.BodyUnconfirmed)]
    public void Bodies_are_compared_as_configured(MirrorBodyComparison how, string body, string fields, MirrorCount expected)
    {
        var comparison = new MirrorComparison { Headers = [], Body = how, IgnoredPaths = [], ResponseBodyBytesMax = 4096 };
        using var world = new MirrorWorld(new MirrorOptions { Comparison = comparison }, Origin.Echo(), Origin.Saying(MirrorWorld.Response(body, fields)));
        world.Play("POST / HTTP/1.1\r\nHost: a.example\r\n\r\n", MirrorWorld.Response("{}", fields));
        world.AssertCounts(1, (expected, 1));
    }

    [Fact]
    public void Without_a_comparison_a_request_is_only_sent()
    {
        using var mirrored = Origin.Saying(MirrorWorld.Response(new string('x', 100_000)));
        using var world = new MirrorWorld(new MirrorOptions { Comparison = null }, Origin.Echo(), mirrored);
        world.Play(Get, MirrorWorld.Response("1"));
        world.AssertCounts(1);
        world.Play(Get, MirrorWorld.Response("1"));
        world.AssertCounts(2);
        Assert.Equal(1, mirrored.Accepted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Len")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1234")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")]
    [InlineData("SSH-2.0-server\r\n")]
    public void What_is_no_complete_response_counts_as_failed(string response)
    {
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), Origin.SayingAndClosing(response));
        world.Play(Get, MirrorWorld.Response("1"));
        world.AssertCounts(1, (MirrorCount.Failed, 1));
    }

    [Fact]
    public void A_body_that_ends_with_its_connection_is_complete_unless_that_is_reset()
    {
        using var mirrored = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Wire.Send("HTTP/1.1 200 OK\r\n\r\n[1]");
            if (connection.Index == 1) connection.Wire.Reset();
        });
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), mirrored);
        world.Play(Get, MirrorWorld.Response("[1.0]"));
        world.AssertCounts(1, (MirrorCount.Equal, 1));
        world.Play(Get, MirrorWorld.Response("[1.0]"));
        world.AssertCounts(2, (MirrorCount.Equal, 1), (MirrorCount.Failed, 1));
    }

    [Fact]
    public void An_endpoint_that_nobody_listens_on_counts_as_failed()
    {
        using var world = new MirrorWorld(new MirrorOptions { DeadMirror = World.NextPort() }, Origin.Echo());
        world.Play(Get, MirrorWorld.Response("1"));
        world.AssertCounts(1, (MirrorCount.Failed, 1));
    }

    [Theory]
    [InlineData("", 200, 20_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1234", 20_000, 200)]
    public void The_services_time_outs_hold(string response, int responseTimeoutMs, int responseBodyTimeoutMs)
    {
        using var end = new BlockingValue<EndKind>();
        using var mirrored = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Wire.Send(response);
            end.Set(connection.Wire.ReadEnd());
        });
        var options = new MirrorOptions { ResponseTimeoutMs = responseTimeoutMs, ResponseBodyTimeoutMs = responseBodyTimeoutMs };
        using var world = new MirrorWorld(options, Origin.Echo(), mirrored);
        world.Play(Get, MirrorWorld.Response("1"));
        Assert.NotEqual(EndKind.Open, end.Get());
        world.AssertCounts(1, (MirrorCount.Failed, 1));
    }

    [Fact]
    public void A_response_that_trickles_on_is_ended_after_the_total_time()
    {
        using var mirrored = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Wire.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            while (connection.Wire.TrySend("x")) Thread.Sleep(20);
        });
        using var world = new MirrorWorld(new MirrorOptions { ResponseBodyTimeoutMs = 5_000 }, Origin.Echo(), mirrored);
        Assert.Equal(60_000, world.OnLoop(() => world.Worker.Mirrors.TotalTimeoutMs));
        world.OnLoop(() => world.Worker.Mirrors.TotalTimeoutMs = 500);
        world.Play(Get, MirrorWorld.Response("1"));
        world.AssertCounts(1, (MirrorCount.Failed, 1));
    }

    [Theory]
    [InlineData("GET", 2)]
    [InlineData("PUT", 2)]
    [InlineData("POST", 1)]
    [InlineData("FROB", 1)]
    public void A_connection_that_dies_on_its_second_copy_costs_only_what_must_not_be_sent_twice(string method, int tries)
    {
        using var mirrored = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Answer("1");
            connection.ReadRequest();
        });
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), mirrored);
        world.Play($"{method} /1 HTTP/1.1\r\nHost: a.example\r\n\r\n", MirrorWorld.Response("1"));
        world.AssertCounts(1, (MirrorCount.Equal, 1));
        world.Play($"{method} /2 HTTP/1.1\r\nHost: a.example\r\n\r\n", MirrorWorld.Response("1"));
        world.AssertCounts(2, (MirrorCount.Equal, 3 - (tries == 2 ? 1 : 2)), (MirrorCount.Failed, tries == 2 ? 0 : 1));
        Assert.Equal(tries, mirrored.Requests.Count(request => request.Target == "/2"));
    }

    [Fact]
    public void A_fresh_connection_that_dies_is_not_tried_again()
    {
        using var mirrored = new Origin(connection => connection.ReadRequest());
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), mirrored);
        world.Play(Get, MirrorWorld.Response("1"));
        world.AssertCounts(1, (MirrorCount.Failed, 1));
        Assert.Single(mirrored.Requests);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n1")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n1")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1POISON")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")]
    public void A_connection_that_must_not_serve_another_is_closed(string response)
    {
        using var mirrored = Origin.Saying(response);
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), mirrored);
        for (var i = 1; i <= 3; i++)
        {
            world.Play(Get, MirrorWorld.Response("1"));
            world.AssertCounts(i, (MirrorCount.Equal, i));
        }

        Assert.Equal(3, mirrored.Accepted);
    }

    [Fact]
    public void A_large_request_is_sent_while_its_response_is_read()
    {
        const int Bytes = 12 << 20;
        // Answers as it reads: with neither side reading first, both would wait for ever.
        using var mirrored = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Send($"HTTP/1.1 200 OK\r\nContent-Length: {Bytes}\r\n\r\n");
            var piece = new byte[32 << 10];
            for (var left = Bytes; left > 0;)
            {
                var read = connection.Wire.ReadSome(piece);
                if (read == 0) return;
                connection.Wire.Send(piece[..read]);
                left -= read;
            }

            connection.ReadRequest();
        });
        var comparison = new MirrorComparison { Headers = [], Body = MirrorBodyComparison.Exact, IgnoredPaths = [], ResponseBodyBytesMax = 16 << 20 };
        using var world = new MirrorWorld(new MirrorOptions { RequestBodyBytesMax = 16 << 20, Comparison = comparison }, Origin.Echo(), mirrored);
        var body = new string('x', Bytes);
        world.Play($"PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: {Bytes}\r\n\r\n{body}", MirrorWorld.Response(body));
        world.AssertCounts(1, (MirrorCount.Equal, 1));
    }

    [Fact]
    public void An_early_answer_to_a_large_request_is_taken_and_its_connection_is_not_used_again()
    {
        using var mirrored = new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.Send(MirrorWorld.Response("1", status: 413));
            connection.Wire.ReadEnd();
        });
        using var world = new MirrorWorld(new MirrorOptions { RequestBodyBytesMax = 16 << 20 }, Origin.Echo(), mirrored);
        var request = $"PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: {15 << 20}\r\n\r\n{new string('x', 15 << 20)}";
        world.Play(request, MirrorWorld.Response("1", status: 413));
        world.AssertCounts(1, (MirrorCount.Equal, 1));
        world.Play(request, MirrorWorld.Response("1", status: 413));
        world.AssertCounts(2, (MirrorCount.Equal, 2));
        Assert.Equal(2, mirrored.Accepted);
    }

    [Fact]
    public void A_request_that_starts_again_upstream_is_copied_once()
    {
        using var mirrored = Origin.Echo();
        using var world = new MirrorWorld(new MirrorOptions { Comparison = null }, Origin.Echo(), mirrored);
        var copy = world.Begin("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 6\r\n\r\nabc")!;
        world.OnLoop(() =>
        {
            copy.RestartRequest();
            copy.AppendRequest("abc"u8);
            copy.AppendRequest("def"u8);
            copy.RequestComplete();
            copy.RestartRequest();
            copy.AppendRequest("never"u8);
            copy.RequestComplete();
            copy.Abandon();
        });
        world.AssertCounts(1);
        Assert.Equal("abcdef", Assert.Single(mirrored.Requests).Text);
    }

    [Fact]
    public void A_user_who_leaves_ends_what_is_not_complete_and_lets_the_rest_go_on()
    {
        using var mirrored = Origin.Saying(MirrorWorld.Response("1"));
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), mirrored);
        var incomplete = world.Begin("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 6\r\n\r\nabc")!;
        world.OnLoop(incomplete.Abandon);
        world.AssertCounts(0, (MirrorCount.SkippedIncomplete, 1));
        var gone = world.Begin(Get)!;
        world.OnLoop(gone.RequestComplete);
        world.Respond(gone, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12");
        world.OnLoop(gone.Abandon);
        world.AssertCounts(1, (MirrorCount.SkippedIncomplete, 1), (MirrorCount.NotCompared, 1));
        Assert.Single(mirrored.Requests);
    }

    [Fact]
    public void Upgrades_are_not_mirrored()
    {
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), Origin.Echo());
        Assert.Null(world.Begin("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"));
        world.AssertCounts(0);
    }

    [Fact]
    public void A_stop_in_the_middle_leaves_no_memory_behind()
    {
        using var users = Origin.Echo();
        using var silent = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.ReadRequest();
        });
        var world = new MirrorWorld(new MirrorOptions(), users, silent);
        using var turn = new ManualResetEventSlim();
        for (var i = 0; i < 20; i++) world.OnLoop(world.Begin(Get)!.RequestComplete);
        World.Eventually(() => silent.Requests.Count == 20, "all are under way");
        Assert.True(world.Plane.Mirrors.Memory.Held > 0);
        world.DisposeEarly();
        Assert.Equal(0, world.Plane.Mirrors.Memory.Held);
        Assert.Equal(20, world.Counters[MirrorCount.Failed]);
        Assert.Null(world.Plane.LastBug);
    }
}
