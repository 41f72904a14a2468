using System.Text;
using FastCanary.Traffic;

namespace FastCanary.Proxy.Tests;

/// <summary>Mirroring through the real session: users get the same bytes, and the mirrored version the same requests.</summary>
public sealed class MirrorSessionTests
{
    private const string Fields = "X-Request-ID: r\r\nHost: a.example\r\nConnection: close\r\n";

    public static TheoryData<string> Mirrored => ["equal", "silent", "dead", "malformed", "huge", "closes", "trickles", "refuses bodies"];

    [Theory]
    [MemberData(nameof(Mirrored))]
    public void Users_get_the_same_bytes_whatever_the_mirrored_version_does(string behaviour)
    {
        using var users = Users();
        using var mirrored = Behaving(behaviour);
        using var plainUsers = Users();
        using var plain = new MirrorWorld(new MirrorOptions { IsOn = false }, plainUsers, Origin.Echo());
        // Only for what never answers is it waited in vain.
        var timeoutMs = behaviour is "silent" or "trickles" ? 5_000 : Wire.PatienceMs;
        var options = new MirrorOptions { RequestBodyBytesMax = 1 << 20, ResponseTimeoutMs = timeoutMs, ResponseBodyTimeoutMs = timeoutMs };
        if (behaviour == "dead") options = options with { DeadMirror = World.NextPort() };
        using var world = new MirrorWorld(options, users, mirrored);
        foreach (var request in Requests())
        {
            foreach (var cut in (Cut[])[Cut.Whole, Cut.Random])
            {
                var expected = Ask(plain.Port, request, cut);
                Assert.True(expected.StartsWith("HTTP/1.1 ", StringComparison.Ordinal), expected);
                Assert.Equal(expected, Ask(world.Port, request, cut));
            }
        }

        world.Settle();
        Assert.Equal(2 * RequestCount(), world.Counters[MirrorCount.Mirrored]);
        // Of every twelve requests' fourteen responses two are over the limit.
        if (behaviour == "equal") world.AssertCounts(28, (MirrorCount.Equal, 24), (MirrorCount.Truncated, 4));
    }

    [Fact]
    public void The_mirrored_version_gets_what_the_users_version_got()
    {
        using var users = Users();
        using var mirrored = Users();
        using var world = new MirrorWorld(new MirrorOptions { RequestBodyBytesMax = 1 << 20, Comparison = MirrorWorld.Everything }, users, mirrored);
        foreach (var request in Requests())
        {
            foreach (var cut in (Cut[])[Cut.Whole, Cut.Random, Cut.Bytes])
            {
                Ask(world.Port, request, cut);
                World.Eventually(() => users.Requests.Count == mirrored.Requests.Count, "all are mirrored");
            }
        }

        world.Settle();
        static IEnumerable<string> Texts(Origin origin) => origin.Requests.Select(each => each.Head.Replace("X-Canary-Mirrored: 1\r\n", "") + each.Text).Order(StringComparer.Ordinal);
        Assert.Equal(Texts(users), Texts(mirrored));
        Assert.All(mirrored.Requests, each => Assert.Equal("1", each["X-Canary-Mirrored"]));
        Assert.All(users.Requests, each => Assert.Null(each["X-Canary-Mirrored"]));
        var counters = world.Counters;
        Assert.Equal(3 * RequestCount(), counters[MirrorCount.Equal] + counters[MirrorCount.Truncated]);
    }

    [Fact]
    public void Exactly_the_share_is_mirrored()
    {
        using var mirrored = Origin.Echo();
        using var world = new MirrorWorld(new MirrorOptions { BasisPoints = 2500, Comparison = null }, Origin.Echo(), mirrored);
        using var client = Wire.Connect(world.Port);
        for (var i = 0; i < 40; i++)
        {
            client.Send(World.Get());
            Message.ReadResponse(client);
        }

        client.Dispose();
        world.AssertCounts(10);
        Assert.Equal(10, mirrored.Requests.Count);
    }

    [Fact]
    public void A_request_that_is_sent_to_its_version_again_is_mirrored_once()
    {
        using var users = new Origin(connection =>
        {
            connection.ReadRequest();
            connection.Answer("1");
            connection.ReadRequest();
        });
        using var mirrored = Origin.Saying(MirrorWorld.Response("1"));
        using var world = new MirrorWorld(new MirrorOptions(), users, mirrored);
        using var client = Wire.Connect(world.Port);
        for (var i = 0; i < 4; i++)
        {
            client.Send($"PUT /{i} HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\n\r\nbody");
            Assert.Equal("1", Message.ReadResponse(client)!.Text);
        }

        client.Dispose();
        world.AssertCounts(4, (MirrorCount.Equal, 4));
        Assert.Equal(7, users.Requests.Count);
        Assert.Equal(4, mirrored.Requests.Count);
        Assert.All(mirrored.Requests, each => Assert.Equal("body", each.Text));
    }

    [Fact]
    public void What_a_user_does_not_get_whole_is_not_compared()
    {
        using var users = Origin.SayingAndClosing("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12");
        using var world = new MirrorWorld(new MirrorOptions(), users, Origin.Saying(MirrorWorld.Response("1")));
        Ask(world.Port, World.Get(), Cut.Whole);
        world.AssertCounts(1, (MirrorCount.NotCompared, 1));
        using (var client = Wire.Connect(world.Port)) client.Send("PUT / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\n123");
        world.AssertCounts(1, (MirrorCount.NotCompared, 1), (MirrorCount.SkippedIncomplete, 1));
    }

    // The answer depends on the request: /N wants N bytes, chunked, by length or up to the close.
    private static Origin Users() => new(connection =>
    {
        while (connection.ReadRequest() is { IsComplete: true } request)
        {
            const string Head = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Tag: t\r\n";
            var parts = request.Target.Split('/');
            var body = $"{request.Method} {request.Text.Length}".PadRight(int.Parse(parts[1]), 'x');
            if (request.Method == "HEAD")
            {
                connection.Wire.Send($"{Head}Content-Length: 1\r\n\r\n");
            }
            else if (parts[2] == "length")
            {
                connection.Wire.Send($"{Head}Content-Length: {body.Length}\r\n\r\n{body}");
            }
            else if (parts[2] == "chunked")
            {
                connection.Wire.Send($"{Head}Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n");
            }
            else
            {
                connection.Wire.Send($"{Head}\r\n{body}");
                return;
            }
        }
    });

    private static Origin Behaving(string behaviour) => behaviour switch
    {
        "equal" => Users(),
        "silent" => new Origin(connection => connection.Wire.ReadEnd()),
        "malformed" => Origin.Saying("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
        "huge" => Origin.Saying(MirrorWorld.Response(new string('y', 300_000))),
        "closes" => Origin.SayingAndClosing("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1", reset: true),
        "trickles" => new Origin(connection =>
        {
            connection.ReadHead();
            while (connection.Wire.TrySend("H")) Thread.Sleep(100);
        }),
        "refuses bodies" => new Origin(connection =>
        {
            connection.ReadHead();
            connection.Wire.TrySend(MirrorWorld.Response("no", status: 413));
        }),
        _ => Origin.Echo(),
    };

    [Fact]
    public void What_is_itself_a_copy_is_not_mirrored()
    {
        using var users = Origin.Echo();
        using var mirrored = Origin.Echo();
        using var world = new MirrorWorld(new MirrorOptions(), users, mirrored);
        using (var client = Wire.Connect(world.Port))
        {
            client.Send("GET / HTTP/1.1\r\nHost: a\r\nx-canary-MIRRORED: 1\r\n\r\n");
            Assert.NotNull(Message.ReadResponse(client));
            client.Send("GET / HTTP/1.1\r\nHost: a\r\nY: X-Canary-Mirrored: 1\r\n\r\n");
            Assert.NotNull(Message.ReadResponse(client));
        }

        world.AssertCounts(1, (MirrorCount.Equal, 1));
        Assert.Single(mirrored.Requests);
    }

    private static IEnumerable<string> Requests()
    {
        yield return $"GET /10/length HTTP/1.1\r\n{Fields}\r\n";
        yield return $"GET /100000/length HTTP/1.1\r\n{Fields}\r\n";
        yield return $"GET /3000/chunked HTTP/1.1\r\n{Fields}\r\n";
        yield return $"GET /100000/chunked HTTP/1.1\r\n{Fields}\r\n";
        yield return $"GET /2000/close HTTP/1.1\r\n{Fields}\r\n";
        yield return "GET /3000/chunked HTTP/1.0\r\nX-Request-ID: r\r\n\r\n";
        yield return $"HEAD /1/length HTTP/1.1\r\n{Fields}\r\n";
        yield return $"POST /1/length HTTP/1.1\r\n{Fields}Content-Length: 5\r\n\r\nhello";
        yield return $"PUT /1/chunked HTTP/1.1\r\n{Fields}Content-Length: 300000\r\n\r\n{new string('u', 300_000)}";
        yield return $"PUT /1/length HTTP/1.1\r\n{Fields}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        yield return $"PUT /1/length HTTP/1.1\r\n{Fields}Transfer-Encoding: chunked\r\n\r\n{100_000:x}\r\n{new string('u', 100_000)}\r\n0\r\n\r\n";
        yield return $"GET /5/length HTTP/1.1\r\nHost: a.example\r\nX-Request-ID: r\r\n\r\nGET /6/chunked HTTP/1.1\r\nHost: a.example\r\nX-Request-ID: r\r\n\r\nGET /7/length HTTP/1.1\r\n{Fields}\r\n";
    }

    // The last of them is three.
    private static int RequestCount() => Requests().Count() + 2;

    private static string Ask(int port, string request, Cut cut)
    {
        using var client = Wire.Connect(port);
        client.Cut = cut;
        client.TrySend(request);
        return Encoding.Latin1.GetString(client.ReadToEnd()) + client.End;
    }
}
