using System.Text;
using FastCanary.Traffic;

namespace FastCanary.Proxy.Tests;

/// <summary>Every bound of mirroring, and what is counted there.</summary>
public sealed class MirrorBoundTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

    [Fact]
    public void Copies_under_way_on_a_loop_are_bounded()
    {
        using var open = new ManualResetEventSlim();
        using var mirrored = new Origin(connection =>
        {
            connection.ReadRequest();
            open.Wait(Wire.PatienceMs);
            connection.Answer("1");
        });
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), mirrored);
        for (var i = 0; i < LoopMirrors.UnderWayMax; i++) world.Play(Get, MirrorWorld.Response("1"));
        Assert.Null(world.Begin(Get));
        Assert.Equal(128, world.OnLoop(() => world.Worker.Mirrors.UnderWay));
        open.Set();
        world.AssertCounts(128, (MirrorCount.Equal, 128), (MirrorCount.SkippedBusy, 1));
        world.Play(Get, MirrorWorld.Response("1"));
        world.AssertCounts(129, (MirrorCount.Equal, 129), (MirrorCount.SkippedBusy, 1));
    }

    [Theory]
    [InlineData("Content-Length: 4096\r\n", 4096, true)]
    [InlineData("Content-Length: 4097\r\n", 0, false)]
    [InlineData("Transfer-Encoding: chunked\r\n", 4096, true)]
    [InlineData("Transfer-Encoding: chunked\r\n", 4097, false)]
    public void A_request_body_over_its_limit_is_not_mirrored(string field, int bytes, bool isMirrored)
    {
        using var mirrored = Origin.Echo();
        using var world = new MirrorWorld(new MirrorOptions { Comparison = null }, Origin.Echo(), mirrored);
        var copy = world.Begin($"POST / HTTP/1.1\r\nHost: a.example\r\n{field}\r\n");
        if (field.Contains("4097")) Assert.Null(copy);
        // Raw bytes count: one chunk and the end of the body.
        var body = new string('x', bytes);
        if (field.Contains("chunked")) body = $"{bytes - 12:x}\r\n{new string('x', bytes - 12)}\r\n0\r\n\r\n";
        Assert.True(body.Length is 0 or 4096 or 4097 || !isMirrored, $"{body.Length}");
        world.OnLoop(() =>
        {
            foreach (var piece in Encoding.Latin1.GetBytes(body).Chunk(100)) copy?.AppendRequest(piece);
            Assert.Equal(isMirrored, copy?.WantsRequest ?? false);
            copy?.RequestComplete();
            copy?.Abandon();
        });
        if (isMirrored) world.AssertCounts(1);
        else world.AssertCounts(0, (MirrorCount.SkippedTooLarge, 1));
        Assert.Equal(isMirrored ? 1 : 0, mirrored.Requests.Count);
    }

    [Theory]
    [InlineData(4096, 4096, MirrorCount.Equal)]
    [InlineData(4097, 4096, MirrorCount.Truncated)]
    [InlineData(4096, 4097, MirrorCount.Truncated)]
    [InlineData(1_000_000, 1_000_000, MirrorCount.Truncated)]
    public void Of_a_response_body_over_its_limit_only_status_and_headers_are_compared(int users, int mirrored, MirrorCount expected)
    {
        using var origin = Origin.Saying(MirrorWorld.Response(new string('x', mirrored)));
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), origin);
        world.Play(Get, MirrorWorld.Response(new string('x', users)));
        world.AssertCounts(1, (expected, 1));
        // Read to its end, whatever was kept of it: the connection serves the next one.
        world.Play("POST / HTTP/1.1\r\nHost: a.example\r\n\r\n", MirrorWorld.Response(new string('x', users), status: 201));
        world.AssertCounts(2, (expected, 1), (MirrorCount.StatusUnconfirmed, 1));
        Assert.Equal(1, origin.Accepted);
    }

    [Fact]
    public void Small_chunks_of_a_users_response_are_within_the_limit_up_to_their_framing()
    {
        static string Chunked(int bytes, int size) =>
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + string.Concat(Enumerable.Repeat($"{size:x}\r\n{new string('x', size)}\r\n", bytes / size)) + "0\r\n\r\n";
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), Origin.Saying(MirrorWorld.Response(new string('x', 4096))));
        world.Play(Get, Chunked(4096, 64));
        world.AssertCounts(1, (MirrorCount.Equal, 1));
        world.Play(Get, Chunked(4096, 1));
        world.AssertCounts(2, (MirrorCount.Equal, 1), (MirrorCount.Truncated, 1));
        world.Play(Get, Chunked(4160, 64));
        world.AssertCounts(3, (MirrorCount.Equal, 1), (MirrorCount.Truncated, 2));
    }

    [Fact]
    public void A_users_response_without_end_is_not_waited_for_once_it_is_over_the_limit()
    {
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), Origin.Saying(MirrorWorld.Response("1")));
        var copy = world.Begin(Get)!;
        world.OnLoop(copy.RequestComplete);
        world.Respond(copy, "HTTP/1.1 200 OK\r\n\r\n" + new string('x', 4096));
        Assert.True(world.OnLoop(() => copy.WantsResponse));
        world.OnLoop(() => copy.AppendResponse("x"u8));
        Assert.False(world.OnLoop(() => copy.WantsResponse));
        world.AssertCounts(1, (MirrorCount.Truncated, 1));
        // The user's exchange goes on and knows nothing of that; only then may the copy be used again.
        Assert.NotSame(copy, world.Begin(Get));
        world.OnLoop(() =>
        {
            copy.AppendResponse("more"u8);
            copy.ResponseComplete(whole: true);
        });
        Assert.Equal(1, world.OnLoop(() => world.Worker.Mirrors.UnderWay));
        var again = world.OnLoop(() => world.Worker.Mirrors.Rent());
        Assert.Same(copy, again);
        world.OnLoop(() => world.Worker.Mirrors.UnderWay--);
        world.Plane.Mirrors.BeginStop();
        world.DisposeEarly();
    }

    [Fact]
    public void The_queue_of_the_comparing_thread_is_bounded()
    {
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), Origin.Echo());
        var comparer = world.Plane.Mirrors;
        var total = 0;
        lock (comparer.Turn)
        {
            // One is in the thread's hands, and waits for its turn.
            while (world.Counters[MirrorCount.SkippedComparison] < 3)
            {
                Assert.InRange(++total, 0, MirrorComparer.QueueMax + 4);
                var before = world.Counters[MirrorCount.SkippedComparison];
                world.Play("POST / HTTP/1.1\r\nHost: a.example\r\n\r\n", MirrorWorld.Response("POST / "));
                World.Eventually(() => world.OnLoop(() => world.Worker.Mirrors.UnderWay) == 0, "answered");
                if (total == 1) World.Eventually(() => comparer.Queued == 0, "it is in the thread's hands");
            }
        }

        Assert.Equal(MirrorComparer.QueueMax + 4, total);
        world.AssertCounts(total, (MirrorCount.Equal, total - 3), (MirrorCount.SkippedComparison, 3));
    }

    [Fact]
    public void Memory_is_bounded_for_requests_and_for_responses()
    {
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), Origin.Saying(MirrorWorld.Response(new string('x', 4000))));
        var memory = world.Plane.Mirrors.Memory;
        var copy = world.Begin(Get)!;
        var all = new List<byte[]>();
        for (var size = 64 << 20; size >= 64; size /= 2)
        {
            while (memory.TryRent(size) is { } rented) all.Add(rented);
        }

        Assert.InRange(memory.Held, MirrorMemory.BytesMax - 128, MirrorMemory.BytesMax);
        Assert.Null(world.Begin(Get));
        world.OnLoop(copy.RequestComplete);
        world.Respond(copy, MirrorWorld.Response(new string('x', 4000)));
        world.OnLoop(() => copy.ResponseComplete(whole: true));
        World.Eventually(() => world.Counters[MirrorCount.SkippedComparison] + world.Counters[MirrorCount.Truncated] == 1, "nothing was kept: " + world.Counted());
        foreach (var rented in all) memory.Return(rented);
        world.Play(Get, MirrorWorld.Response(new string('x', 4000)));
        World.Eventually(() => world.Counters[MirrorCount.Equal] == 1, "it works again: " + world.Counted());
        Assert.Equal(1, world.Counters[MirrorCount.SkippedBusy]);
    }

    [Fact]
    public void A_thousand_copies_one_after_the_other_use_the_same_few()
    {
        using var mirrored = Origin.Echo();
        using var world = new MirrorWorld(new MirrorOptions(), Origin.Echo(), mirrored);
        var seen = new HashSet<MirrorCopy>();
        for (var i = 1; i <= 1000; i++)
        {
            var copy = world.Begin(Get)!;
            seen.Add(copy);
            world.OnLoop(copy.RequestComplete);
            world.Respond(copy, MirrorWorld.Response("GET / "));
            world.OnLoop(() => copy.ResponseComplete(whole: true));
            World.Eventually(() => world.Counters[MirrorCount.Equal] == i, "compared");
            World.Eventually(() => world.Plane.Mirrors.Memory.Held == 0, "given back");
        }

        Assert.InRange(seen.Count, 1, 3);
        Assert.Equal(1, mirrored.Accepted);
    }
}
