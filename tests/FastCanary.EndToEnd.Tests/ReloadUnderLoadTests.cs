using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

[Collection(LoadCollection.Name)]
public sealed class ReloadUnderLoadTests(ITestOutputHelper output)
{
    private static readonly TimeSpan ReloadEvery = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void A_reload_every_200_ms_under_full_load_fails_no_request_and_shares_follow_within_one_cycle()
    {
        var wrk = Tool.Wrk();
        var seconds = int.TryParse(Environment.GetEnvironmentVariable("FASTCANARY_SOAK_SECONDS"), out var asked) && asked > 0 ? asked : 60;
        var (first, second) = (Ports.Free(), Ports.Free());
        using var nginx = new NginxProcess(NginxProcess.Origin(first, "1") + NginxProcess.Origin(second, "2"), [first, second]);
        var (loaded, probed) = (Ports.Free(), Ports.Free());
        using var proxy = FastCanaryProcess.Start(Weighted(1, 1));

        using var load = new ChildProcess(wrk, ["-t2", "-c64", $"-d{seconds}s", "--timeout", "30s", "--latency", $"http://127.0.0.1:{loaded}/"]);
        using var probe = new RawClient(probed);
        var watch = Stopwatch.StartNew();
        var reloads = 0;
        while (watch.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            var began = watch.Elapsed;
            reloads++;
            // 2:1 and 1:3 in turn, in numbers that no reload before had, so that the log tells them apart.
            var (one, two) = reloads % 2 == 0 ? (2 * reloads, reloads) : (reloads, 3 * reloads);
            var before = proxy.Log.Length;
            // By rename: a file that is written in place can be read half-written, which is reported and changes nothing.
            proxy.Replace(Weighted(one, two));
            if (reloads % 4 >= 2) proxy.Signal(PosixSignal.SIGHUP);

            proxy.WaitForLog($"v1={one} v2={two};", before);
            var cycle = reloads % 2 == 0 ? "112" : "1222";
            Assert.Equal(cycle, string.Concat(Enumerable.Range(0, cycle.Length).Select(_ => probe.Get().Text).Order()));
            var rest = began + ReloadEvery - watch.Elapsed;
            if (rest > TimeSpan.Zero) Thread.Sleep(rest);
        }

        Assert.Equal(0, load.WaitForExit(TimeSpan.FromSeconds(30)));
        var report = string.Join('\n', load.Output);
        output.WriteLine($"{reloads} reloads\n{report}");
        var requests = load.Output.FirstOrDefault(static line => line.Contains("requests in", StringComparison.Ordinal))?.Trim();
        TestContext.Current.SendDiagnosticMessage($"{seconds} s under load: {reloads} reloads, {requests}");
        Assert.DoesNotContain("Socket errors", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", report, StringComparison.Ordinal);
        Assert.True(int.Parse(requests!.Split(' ')[0], CultureInfo.InvariantCulture) > 100 * seconds, report);
        Assert.True(reloads >= seconds, $"only {reloads} reloads");
        Assert.False(proxy.HasExited);
        Assert.DoesNotContain(proxy.Log, static line => line.Contains("not reloaded", StringComparison.Ordinal) || line.Contains("endpoint ", StringComparison.Ordinal));

        string Weighted(int one, int two) => $$"""
            listeners:
              - { address: "127.0.0.1:{{loaded}}", service: loaded }
              - { address: "127.0.0.1:{{probed}}", service: probed }
            services:
              loaded: { versions: { v1: { weight: {{one}}, endpoints: ["127.0.0.1:{{first}}"] }, v2: { weight: {{two}}, endpoints: ["127.0.0.1:{{second}}"] } } }
              probed: { versions: { v1: { weight: {{one}}, endpoints: ["127.0.0.1:{{first}}"] }, v2: { weight: {{two}}, endpoints: ["127.0.0.1:{{second}}"] } } }
            """;
    }

    [Fact]
    public void Endpoints_changed_under_load_lose_no_request()
    {
        using var first = ScriptedOrigin.Answering("1");
        using var second = ScriptedOrigin.Answering("2");
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Configuration.Single(port, first.Port));
        using var load = Load.Begin(port, connections: 8);
        for (var i = 0; i < 20; i++)
        {
            Thread.Sleep(50);
            proxy.Reload(Configuration.Single(port, i % 2 == 0 ? second.Port : first.Port));
        }

        proxy.Reload(Configuration.Single(port, second.Port));
        // The first one is out of the configuration: it can be stopped as soon as what was under way has ended.
        load.WaitForThoseUnderWay();
        first.Dispose();
        Thread.Sleep(500);
        load.Stop();
        Assert.Empty(load.Failures);
        Assert.InRange(load.Bodies["1"], 1, int.MaxValue);
        Assert.InRange(load.Bodies["2"], 1, int.MaxValue);
    }

    [Fact]
    public void Listeners_that_come_and_go_under_load_do_not_disturb_the_others()
    {
        using var origin = ScriptedOrigin.Answering("1");
        var (steady, other) = (Ports.Free(), Ports.Free());
        using var proxy = FastCanaryProcess.Start(With(""));
        using var load = Load.Begin(steady, connections: 8);
        for (var i = 0; i < 10; i++)
        {
            proxy.Reload(With($"  - {{ address: \"127.0.0.1:{other}\", service: web }}"));
            using (var client = new RawClient(other)) Assert.Equal("1", client.Get().Text);
            proxy.Reload(With(""));
            Eventually.Holds(() => Ports.Refuses(other), "the removed listener refuses");
        }

        load.Stop();
        Assert.Empty(load.Failures);

        string With(string listener) => $$"""
            listeners:
              - { address: "127.0.0.1:{{steady}}", service: web }
            {{listener}}
            services: { web: { versions: { v1: { endpoints: ["127.0.0.1:{{origin.Port}}"] } } } }
            """;
    }
}
