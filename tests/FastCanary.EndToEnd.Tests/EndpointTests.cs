using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>Endpoints that fail, are full, come and go: retries, rescue, ejection, queues, drills and PROXY headers of the real program.</summary>
public sealed class EndpointTests
{
    private const string Failing = "HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno";

    [Fact]
    public void Where_one_of_two_endpoints_refuses_no_user_notices_whatever_the_method()
    {
        var curl = Tool.Curl();
        var (port, nobody) = (Ports.Free(), Ports.Free());
        using var well = ScriptedOrigin.Answering("well");
        using var proxy = FastCanaryProcess.Start(Service(port, $$"""
            versions: { v1: { endpoints: ["127.0.0.1:{{nobody}}", "127.0.0.1:{{well.Port}}"] } }
            retry: { attempts: 1 }
            """));
        foreach (string[] method in (string[][])[["-XGET"], ["-XPOST", "-dhello"], ["-XPATCH", "-dhello"], ["-XDELETE"]])
        {
            var ended = ChildProcess.Run(curl, ["-sS", "--fail", .. method, $"http://127.0.0.1:{port}/[1-10]"]);
            Assert.True(ended.Code == 0, ended.ToString());
            Assert.Equal(string.Concat(Enumerable.Repeat("well", 10)), string.Concat(ended.Output));
        }
    }

    [Theory]
    [InlineData("refuses")]
    [InlineData("503")]
    public void Users_of_a_failing_canary_get_the_baselines_answer_marked(string how)
    {
        var port = Ports.Free();
        using var stable = ScriptedOrigin.Answering(static request => ScriptedOrigin.Response(request["X-Canary-Rescued"] ?? "own"));
        using var canary = ScriptedOrigin.Answering(static _ => Failing);
        using var proxy = FastCanaryProcess.Start(Service(port, $$"""
            versions: { stable: { weight: 1, endpoints: ["127.0.0.1:{{stable.Port}}"] }, canary: { weight: 1, endpoints: ["127.0.0.1:{{(how == "503" ? canary.Port : Ports.Free())}}"] } }
            retry: { attempts: 0, rescue: true }
            """));
        using var client = new RawClient(port);
        for (var i = 0; i < 6; i++)
        {
            var answer = client.Get(fields: "X-Canary-Rescued: mine\r\n");
            Assert.Equal((200, i % 2 == 1 ? "1" : "own", i % 2 == 1 ? "1" : null), (answer.Status, answer.Text, answer["X-Canary-Rescued"]));
        }
    }

    [Fact]
    public void A_canary_that_dies_is_ejected_its_share_goes_to_the_baseline_and_comes_back_with_it()
    {
        var (port, mortal) = (Ports.Free(), Ports.Free());
        using var stable = ScriptedOrigin.Answering("s");
        using var proxy = FastCanaryProcess.Start(Service(port, $$"""
            versions: { stable: { weight: 1, endpoints: ["127.0.0.1:{{stable.Port}}"] }, canary: { weight: 1, endpoints: ["127.0.0.1:{{mortal}}"] } }
            outlier: { consecutiveFailures: 5, eject: 5s }
            """));
        using var client = new RawClient(port);
        var statuses = Enumerable.Range(0, 20).Select(_ => client.Get().Status).ToList();
        Assert.Equal(502, statuses[1]);
        Assert.Contains(200, statuses.Where(static (_, i) => i % 2 == 1));
        Assert.Matches($@"endpoint web/canary/127\.0\.0\.1:{mortal}: ejected for \d+ ms", proxy.WaitForLog("ejected for"));
        Assert.Contains("stable", proxy.WaitForLog("version web/canary"), StringComparison.Ordinal);
        using var canary = ScriptedOrigin.Answering("c", mortal);
        Eventually.Holds(() => client.Get().Text == "c", "the canary is back");
        Assert.Equal("ccccssss", string.Concat(Enumerable.Range(0, 8).Select(_ => client.Get().Text).Order()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_endpoint_never_has_more_requests_than_it_takes_and_who_waits_is_answered(int loops)
    {
        var port = Ports.Free();
        var (now, most) = (0, 0);
        var gate = new Lock();
        using var origin = ScriptedOrigin.Answering(_ =>
        {
            lock (gate) most = Math.Max(most, ++now);
            Thread.Sleep(10);
            lock (gate) now--;
            return ScriptedOrigin.Response("well");
        });
        using var proxy = FastCanaryProcess.Start(Service(port, $$"""
            versions: { v1: { endpoints: [{ address: "127.0.0.1:{{origin.Port}}", maxConnections: 3 }] } }
            queue: { size: 100, timeout: 20s }
            """, loops: loops));
        var load = Load.Run(port, connections: 16, requests: 200);
        Assert.Empty(load.Failures);
        Assert.Equal(200, load.Answered);
        Assert.InRange(most, 2, 3);
    }

    [Fact]
    public void Who_finds_the_queue_full_or_waits_too_long_gets_a_503()
    {
        var port = Ports.Free();
        using var gate = new ManualResetEventSlim();
        using var origin = ScriptedOrigin.Answering(_ =>
        {
            gate.Wait(Eventually.Patience);
            return ScriptedOrigin.Response("well");
        });
        using var proxy = FastCanaryProcess.Start(Service(port, $$"""
            versions: { v1: { endpoints: [{ address: "127.0.0.1:{{origin.Port}}", maxConnections: 1 }] } }
            queue: { size: 1, timeout: 2s }
            """));
        using var first = new RawClient(port);
        first.Send(RawClient.Request());
        Eventually.Holds(() => origin.Accepted == 1, "the first is at the origin");
        var answers = new ConcurrentBag<string>();
        var watch = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            using var client = new RawClient(port);
            var answer = client.Get();
            answers.Add($"{answer.Status} {answer.Text}");
        })).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => Assert.True(thread.Join(Eventually.Patience)));
        Assert.True(watch.ElapsedMilliseconds >= 1950, $"{watch.ElapsedMilliseconds} ms");
        Assert.All(answers, static answer => Assert.StartsWith("503 ", answer, StringComparison.Ordinal));
        Assert.Contains(answers, static answer => answer.Contains("in time", StringComparison.Ordinal));
        Assert.Contains(answers, static answer => answer.Contains("too many", StringComparison.Ordinal));
        gate.Set();
        Assert.Equal("well", first.Read().Text);
    }

    [Fact]
    public void Endpoints_that_come_and_go_by_reload_under_load_lose_no_request_and_old_ones_drain()
    {
        var port = Ports.Free();
        using var a = ScriptedOrigin.Answering("a");
        using var b = ScriptedOrigin.Answering("b");
        using var c = new ScriptedOrigin(static connection =>
        {
            while (connection.Read() is not null)
            {
                // A request that is under way when the endpoint goes.
                Thread.Sleep(20);
                connection.Send(ScriptedOrigin.Response("c"));
            }
        });
        using var proxy = FastCanaryProcess.Start(Endpoints(a.Port));
        using var load = Load.Begin(port, connections: 8);
        for (var watch = Stopwatch.StartNew(); watch.ElapsedMilliseconds < 2000 || (load.Bodies.Count < 3 && watch.Elapsed < Eventually.Patience);)
        {
            proxy.Reload(Endpoints(a.Port, b.Port));
            proxy.Reload(Endpoints(b.Port, c.Port));
            proxy.Reload(Endpoints(c.Port, a.Port));
        }

        proxy.Reload(Endpoints(a.Port));
        proxy.WaitUntilReloadsAreOver();
        load.Stop();
        Assert.Empty(load.Failures);
        Assert.Equal("abc", string.Concat(load.Bodies.Keys.Order()));
        var (seenB, seenC) = (b.Accepted, c.Accepted);
        using var client = new RawClient(port);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal("a", client.Get().Text));
        Assert.Equal((seenB, seenC), (b.Accepted, c.Accepted));

        string Endpoints(params int[] ports) => Service(port, $$"""versions: { v1: { endpoints: [{{string.Join(", ", ports.Select(static each => $"\"127.0.0.1:{each}\""))}}] } }""");
    }

    [Fact]
    public void A_fault_drill_fails_exactly_its_share_and_says_loudly_that_it_is_on()
    {
        var port = Ports.Free();
        using var stable = ScriptedOrigin.Answering("s");
        using var canary = ScriptedOrigin.Answering("c");
        var yaml = Service(port, $$"""
            versions: { stable: { weight: 1, endpoints: ["127.0.0.1:{{stable.Port}}"] }, canary: { weight: 1, endpoints: ["127.0.0.1:{{canary.Port}}"] } }
            fault: { version: canary, percent: 25%, status: 503 }
            """);
        using var proxy = FastCanaryProcess.Start("allowFaultInjection: true\n" + yaml);
        Assert.Matches("FAULT DRILL IS ON: service web, version canary: 25", proxy.WaitForLog("FAULT DRILL"));
        using var client = new RawClient(port);
        var answers = Enumerable.Range(0, 800).Select(_ => client.Get()).Select(static answer => answer.Status == 200 ? answer.Text : "failed").ToLookup(static answer => answer);
        Assert.Equal((400, 300, 100), (answers["s"].Count(), answers["c"].Count(), answers["failed"].Count()));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    public void Without_leave_a_fault_drill_does_not_start(string verb)
    {
        using var folder = new TempFolder();
        var file = folder.Write("drill.yaml", Service(Ports.Free(), """
            versions: { v1: { endpoints: ["127.0.0.1:1"] } }
            fault: { version: v1, percent: 25%, status: 503 }
            """));
        var ended = FastCanaryProcess.Run(verb, "-c", file);
        Assert.Equal(2, ended.Code);
        var said = string.Join('\n', [.. ended.Output, .. ended.Errors]);
        var at = File.ReadAllLines(file).Select(static (line, i) => (Line: i + 1, Column: line.IndexOf("fault:", StringComparison.Ordinal) + 1)).Single(static place => place.Column > 0);
        Assert.Contains($"{file}:{at.Line}:{at.Column}", said, StringComparison.Ordinal);
        Assert.Contains("allowFaultInjection: true", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("tcp")]
    public void Behind_haproxy_clients_are_known_by_the_address_that_it_names(string protocol)
    {
        var (port, front) = (Ports.Free(), Ports.Free());
        using var stable = ScriptedOrigin.Answering("s");
        using var canary = ScriptedOrigin.Answering(static request => ScriptedOrigin.Response($"c{request["X-Forwarded-For"]}"));
        using var proxy = FastCanaryProcess.Start(Service(port, $$"""
            versions: { stable: { weight: 1, endpoints: ["127.0.0.1:{{stable.Port}}"] }, canary: { weight: 0, endpoints: ["127.0.0.1:{{canary.Port}}"] } }
            rules: [{ network: 203.0.113.0/24, version: canary }]
            """, $", protocol: {protocol}, proxyProtocol: true, trustedProxies: [\"127.0.0.1\"]"));
        using var haproxy = new HAProxyProcess($"""
            listen relay
              mode tcp
              bind 127.0.0.1:{front}
              tcp-request connection set-src str(203.0.113.5)
              server target 127.0.0.1:{port} send-proxy-v2
            """, front);
        using var client = new RawClient(front);
        Assert.Equal(protocol == "http" ? "c203.0.113.5" : "c", client.Get().Text);
        using var direct = new RawClient(port);
        direct.Send(RawClient.Request());
        Assert.True(direct.IsEnded());
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public void A_tcp_endpoint_behind_the_program_is_told_of_the_client_by_haproxys_reading(string version)
    {
        var (port, behind) = (Ports.Free(), Ports.Free());
        using var haproxy = new HAProxyProcess($"""
            frontend echo
              mode http
              bind 127.0.0.1:{behind} accept-proxy
              http-request return status 200 content-type text/plain lf-string "%[src] %[src_port] %[dst] %[dst_port]"
            """, behind);
        using var proxy = FastCanaryProcess.Start(Service(port, $$"""
            versions: { v1: { endpoints: ["127.0.0.1:{{Ports.Free()}}", "127.0.0.1:{{behind}}"] } }
            retry: { attempts: 1 }
            proxyProtocol: {{version}}
            """, ", protocol: tcp, proxyProtocol: true, trustedProxies: [\"127.0.0.1\"]"));
        for (var i = 0; i < 4; i++)
        {
            using var client = new RawClient(port);
            client.Send(Encoding.Latin1.GetBytes($"PROXY TCP4 203.0.113.9 198.51.100.7 {4711 + i} 443\r\n" + RawClient.Request()));
            Assert.Equal($"203.0.113.9 {4711 + i} 198.51.100.7 443", client.Read().Text);
        }
    }

    private static string Service(int port, string keys, string listener = "", int loops = 0) => $$"""
        listeners: [{ address: "127.0.0.1:{{port}}", service: web{{listener}} }]
        runtime: { loops: {{loops}} }
        services:
          web:
            {{keys.ReplaceLineEndings("\n    ")}}

        """;
}
