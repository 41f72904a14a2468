using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.Proxy.Tests.Counters;
using FastCanary.Traffic;
using FastCanary.Traffic.Tests;

namespace FastCanary.Proxy.Tests;

/// <summary>The data path allocates nothing per keep-alive request (docs/laws.md, 9). Alone, and in Release: a Debug build's async methods are objects.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int Connections = 8;
    private const int Pipelined = 50;
    private const int WarmUpRounds = 50;
    private const int MeasuredRounds = 250;

    // What is made once and kept: for each client a block and 16 upstream connections with their exchanges, when its pipelined requests meet for the
    // first time; a table that grows. The smallest object per request would be 24 bytes, 2.4 MB in all.
    private const long AllowedBytes = Connections * 16 * 2560;

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a.example\r\nUser-Agent: test\r\nAccept: */*\r\nX-End: ~\r\n\r\n", "\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 32\r\n\r\n0123456789012345678901234567890~", "~")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n012345678901234~\r\n0\r\n\r\n", "~\r\n0\r\n\r\n")]
    [InlineData("PUT / HTTP/1.1\r\nHost: a.example\r\nX-Note: a body that blocks cut, so that it becomes an upload\r\nContent-Length: 3000\r\n\r\n*~", "~")]
    public void No_managed_byte_per_request(string request, string end)
    {
        using var origin = OriginFor(end);
        using var world = new World(origin);
        Measure(world, request.Replace("*~", new string('.', 2999) + "~"));
    }

    /// <param name="request">A line <c>~</c> of its head is replaced by the fields that proxies and browsers send.</param>
    /// <param name="end">What no request has but at its end.</param>
    /// <param name="endpoint">More keys of the endpoints. A request is sent ahead of the answers before it only where no number of connections bounds it.</param>
    /// <param name="version">Whose request it is.</param>
    [Theory]
    [InlineData("GET /?a=1&v=%32x HTTP/1.1\r\nHost: a.example\r\nX-User: user-3\r\nX-Team: shop\r\nX-Feature-A: 1\r\nx_feature_b: 1\r\n~\r\n\r\n", "\r\n\r\n", "", "v0")]
    [InlineData("GET /?a=1&v=%32 HTTP/1.1\r\nHost: a.example\r\nX-User: user-3\r\nX-Team: search\r\n~\r\n\r\n", "\r\n\r\n", ", maxConnections: 1000", "v1")]
    [InlineData("PUT /?v HTTP/1.1\r\nHost: a.example\r\nX-User: user-1\r\nX-Request-ID: mine-1\r\n~\r\nContent-Length: 8\r\n\r\n1234567~", "~", ", maxConnections: 1000", "v1")]
    public void Nor_with_everything_on_that_decides_where_a_request_goes(string request, string end, string endpoint, string version)
    {
        using var folder = new TempFolder();
        var database = folder.File("country.mmdb");
        var country = new Dictionary<string, object> { ["country"] = new Dictionary<string, object> { ["iso_code"] = "DE" } };
        File.WriteAllBytes(database, new MaxMindWriter(28, 6).Add("203.0.113.0/24", country).Build());
        folder.Write("users.txt", "u-1\nu-2\n");
        var options = new WorldOptions
        {
            Routing = "service: s\n    trustedProxies: [127.0.0.1]\n    forwarded: append",
            Endpoint = endpoint,
            ExposeVersion = true,
            Top = $"geoip: {{ database: {database} }}",
            Service = $$"""
                rules:
                  - { header: { X-Team: search }, network: 203.0.113.0/24, country: [DE], query: { v: "2" }, version: v1 }
                  - { header: { X-User: { inFile: {{folder.File("users.txt")}} } }, version: v1 }
                  - { cookie: { user: { in: [u-1, u-2] } }, version: v1 }
                  - { network: [10.0.0.0/8, "2001:db8::/32"], version: v1 }
                  - { country: [NZ, IS], version: v1 }
                  - { query: { v: { prefix: "3" } }, version: v1 }
                affinity: { key: header X-User, salt: a }
                features:
                  - { name: a, percent: 100%, header: X-Feature-A }
                  - { name: b, percent: 50%, header: X-Feature-B }
                  - { name: c, percent: 99.99%, header: X-Feature-C, value: "on" }
                  - { name: d, percent: 0.01%, header: X-Feature-D }
                retry: { attempts: 2, rescue: true, on: [connect, reset, timeout, 5xx] }
                outlier: { consecutiveFailures: 5 }
                slowStart: 30s
                queue: { size: 100, timeout: 1s }
                """,
        };
        using var first = OriginFor(end);
        using var second = OriginFor(end);
        using var world = new World(options, first, second);
        request = request.Replace("\r\n~\r\n", "\r\nX-Forwarded-For: 192.0.2.1, 203.0.113.7\r\nX-Forwarded-Proto: https\r\nForwarded: for=203.0.113.7\r\nCookie: a=b; user=u-3\r\n");
        Assert.Equal(version, world.Ask(request)["X-Canary-Version"]);
        Measure(world, request);
    }

    [Theory]
    [InlineData(AccessLogFormat.Json, 10_000, true)]
    [InlineData(AccessLogFormat.Combined, 5_000, false)]
    public void Nor_with_the_access_log_on_whether_it_is_drained_or_full(AccessLogFormat format, int sampleBasisPoints, bool drains)
    {
        using var origin = OriginFor("\r\n\r\n");
        using var world = new World(origin);
        var log = world.Plane.AccessLog;
        log.Model = new AccessLogModel { Format = format, SampleBasisPoints = sampleBasisPoints, Query = true };
        using var stop = new CancellationTokenSource();
        var drained = new byte[AccessLogBuffer.Bytes];
        var drainer = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                log.Wait(TimeSpan.FromMilliseconds(10));
                log.Buffers[0].Drain(drained);
            }
        });
        if (drains) drainer.Start();
        Measure(world, "GET /a/b?c=d HTTP/1.1\r\nHost: a.example\r\nUser-Agent: test \"~\"\r\nReferer: http://b.example/\r\nX-Request-ID: mine-1\r\n\r\n");
        stop.Cancel();
        if (drains) drainer.Join();
        else Assert.True(log.Dropped > 0);
    }

    [Fact]
    public void Nor_while_a_rollout_looks_at_failures_slow_responses_and_users()
    {
        using var origin = OriginFor("\r\n\r\n");
        using var world = new World(new WorldOptions { Service = "affinity: { key: header X-User, salt: a }" }, origin);
        var service = world.Plane.Snapshot.Snapshot.Services[0];
        service.State.ResetUsers();
        for (var i = 0; i < SlowThresholds.Quantiles; i++) service.State.SlowThresholds.Set(i, 0, 0);
        Adjusted.Analysis(new AnalysisModel { BusinessHeader = [.. "content-length"u8], FailureStatuses = [404] })(service);
        Measure(world, "GET / HTTP/1.1\r\nHost: a.example\r\nX-User: user-3\r\n\r\n");
        var totals = new VersionTotals();
        world.Plane.Read(service.Versions[0], totals);
        Assert.Equal((1, totals.Requests), (totals.Evidence0.Slow0, totals.Business));
    }

    private static Origin OriginFor(string end)
    {
        const string Answer = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\n\r\nhello";
        return new Origin(connection => AnswerEach(connection, Encoding.Latin1.GetBytes(end), Encoding.Latin1.GetBytes(Answer)));
    }

    private static void Measure(World world, string request)
    {
        var isDebug = typeof(DataPlane).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };
        Assert.SkipWhen(isDebug, "only a Release build says something");
        world.Ask(request);
        World.Eventually(() => world.Plane.Sessions == 0, "the first client has gone");
        var asked = world.Plane.Count(ExchangeOutcome.Completed);
        RunClients(world.Port, request, WarmUpRounds);
        var before = world.Plane.OnEachLoop(GC.GetAllocatedBytesForCurrentThread)[0];
        RunClients(world.Port, request, MeasuredRounds);
        var allocated = world.Plane.OnEachLoop(GC.GetAllocatedBytesForCurrentThread)[0] - before;
        var perConnection = Connections * PerConnectionBytes(world.Port, world.Plane);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{allocated} bytes for {Connections * Pipelined * MeasuredRounds} requests on {Connections} connections"));
        Assert.InRange(allocated, 0, perConnection + AllowedBytes);
        World.Eventually(() => world.Plane.Count(ExchangeOutcome.Completed) == asked + (Connections * Pipelined * (WarmUpRounds + MeasuredRounds)), "every exchange is counted");
    }

    // A connection's own objects are paid when it is made, not per request.
    private static long PerConnectionBytes(int port, DataPlane plane)
    {
        const int Sample = 16;
        var before = plane.OnEachLoop(GC.GetAllocatedBytesForCurrentThread)[0];
        for (var i = 0; i < Sample; i++)
        {
            using var client = Wire.Connect(port);
            client.Send("x");
        }

        World.Eventually(() => plane.Sessions == 0, "the sample has gone");
        return (plane.OnEachLoop(GC.GetAllocatedBytesForCurrentThread)[0] - before) / Sample;
    }

    private static void RunClients(int port, string request, int rounds)
    {
        var batch = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(request, Pipelined)));
        var clients = Enumerable.Range(0, Connections).Select(_ => new Thread(() =>
        {
            using var client = Wire.Connect(port);
            client.Send(request);
            var response = Message.ReadResponse(client)!;
            var bytes = response.Head.Length + response.Body.Length;
            client.Send(batch.AsSpan(request.Length).ToArray());
            client.Read(bytes * (Pipelined - 1));
            for (var i = 1; i < rounds; i++)
            {
                client.Send(batch);
                client.Read(bytes * Pipelined);
            }
        })).ToList();
        clients.ForEach(client => client.Start());
        clients.ForEach(client => client.Join());
    }

    // The proxy sends one request at a time on a connection: it is complete when the bytes end as it does.
    private static void AnswerEach(OriginConnection connection, byte[] end, byte[] answer)
    {
        var buffer = new byte[16 << 10];
        var length = 0;
        while (true)
        {
            var received = connection.Wire.Socket.Receive(buffer.AsSpan(length));
            if (received == 0) return;
            length += received;
            if (!buffer.AsSpan(0, length).EndsWith(end)) continue;
            length = 0;
            connection.Wire.Socket.Send(answer);
        }
    }
}
