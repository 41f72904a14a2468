using System.Globalization;
using System.Text.Json;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>A canary that goes bad under load loses its requests: soon, wholly, and for good.</summary>
[Collection(LoadCollection.Name)]
public sealed class BadCanaryTests(ITestOutputHelper output)
{
    private const int Connections = 32;

    // What is on its way when the split changes was sent before: it has left the proxy, and the origin has not taken it yet.
    private static readonly TimeSpan UnderWay = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_canary_that_begins_to_fail_a_fifth_of_its_requests_is_aborted_and_gets_none_after_that()
    {
        using var run = new Run(delayMs: 0, """{ minRequests: 50, errors: { maxRate: 30% } }""");
        run.StartAndWaitForSecondStep();
        using (var client = new RawClient(run.Port)) Assert.Equal("canary", client.Get("/", fields: "X-Canary: always\r\n").Text);

        run.Canary.FailEvery = 5;
        var decision = run.ExpectAbort(output);
        Assert.StartsWith("errors: ", decision.Text("reason"), StringComparison.Ordinal);

        // Users hurt: what the decision rests on, what the metrics count, and what the origin knows are the same failures.
        var rollout = run.Admin.Rollout();
        var hurt = rollout.Number("usersHurt");
        var judged = decision.GetProperty("evidence").EnumerateArray().Single(static guard => guard.Text("guard") == "errors");
        Assert.Equal(hurt, judged.Number("events", "canary"));
        var at = decision.Moment("at");
        Assert.InRange(hurt, run.Canary.CountFailed(at - UnderWay - run.Stalls.Longest), run.Canary.CountFailed(at + UnderWay + run.Stalls.Longest));
        run.ExpectCounted("500", run.Canary.Failed);
        run.ExpectCounted("200", run.Canary.Requests - run.Canary.Failed);
        Assert.Equal(0, run.Admin.Metric("http_requests_total", ("version", "stable"), ("status", "500")));

        // The latch: rules are diverted, and a share by hand is refused.
        var before = run.Canary.Requests;
        using (var client = new RawClient(run.Port))
        {
            for (var i = 0; i < 20; i++) Assert.Equal("stable", client.Get("/", fields: "X-Canary: always\r\n").Text);
            run.Admin.SetWeights("""{"stable":90,"canary":10}""").Expect(409);
            run.Admin.Command("start").Expect(409);
            Assert.Equal("stable", client.Get("/", fields: "X-Canary: always\r\n").Text);
        }

        Assert.Equal(before, run.Canary.Requests);

        // A new attempt begins with the first step, and with nothing against the canary.
        run.Canary.FailEvery = 0;
        var again = run.Admin.Do("retry");
        Assert.Equal(("Progressing", 1L, 0L), (again.Text("phase"), again.Number("step"), again.Number("usersHurt")));
        Assert.Equal([("stable", 4L), ("canary", 1L)], Run.WeightsOf(run.Admin.Service()));
        using (var client = new RawClient(run.Port)) Assert.Equal("canary", client.Get("/", fields: "X-Canary: always\r\n").Text);
        Eventually.Holds(() => run.Canary.Requests > before + 20, "requests of the second attempt");
        Eventually.Holds(() => run.Admin.Rollout().Number("step") == 2, "the second attempt's second step");
    }

    [Fact]
    public void A_canary_that_becomes_half_as_slow_again_is_aborted_and_gets_none_after_that()
    {
        // As long as that, so that the half is far above what a busy machine adds to both.
        using var run = new Run(delayMs: 80, """{ minRequests: 50, latency: { maxIncrease: 20% } }""");
        run.StartAndWaitForSecondStep();

        run.Canary.DelayMs = 120;
        var decision = run.ExpectAbort(output);
        Assert.StartsWith("latency: ", decision.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(0, run.Admin.Rollout().Number("usersHurt"));
        run.ExpectCounted("200", run.Canary.Requests);
    }

    /// <summary>The program, two origins, and wrk.</summary>
    private sealed class Run : IDisposable
    {
        private readonly TempFolder _folder = new();
        private readonly SteeredOrigin _stable = new("stable");
        private readonly FastCanaryProcess _proxy;
        private readonly ChildProcess _load;

        public Run(int delayMs, string analysis)
        {
            var wrk = Tool.Wrk();
            Stalls = new StallMeter();
            _stable.DelayMs = Canary.DelayMs = delayMs;
            var admin = Ports.Free();
            _proxy = FastCanaryProcess.Start($$"""
                listeners: [{ address: "127.0.0.1:{{Port}}", service: web }]
                admin: { address: "127.0.0.1:{{admin}}" }
                state: { path: "{{_folder.File("state")}}" }
                services:
                  web:
                    timeouts: { connect: 10s }
                    versions:
                      stable: { weight: 100, endpoints: ["127.0.0.1:{{_stable.Port}}"] }
                      canary: { weight: 0, endpoints: ["127.0.0.1:{{Canary.Port}}"] }
                    rules: [{ header: { X-Canary: always }, version: canary }]
                    rollout:
                      canary: canary
                      baseline: stable
                      steps: [{ weight: 20%, hold: 1s }, { weight: 50%, hold: 5m }, { weight: 100% }]
                      analysis: {{analysis}}
                """);
            Admin = new AdminApi(admin);
            // A pause between requests: the decision is measured, not the machine's limit. It is stopped when the test ends.
            var script = _folder.Write("paced.lua", "function delay() return 15 end\n");
            _load = new ChildProcess(wrk, ["-t1", $"-c{Connections}", "-d10m", "-s", script, $"http://127.0.0.1:{Port}/"]);
        }

        public int Port { get; } = Ports.Free();

        public SteeredOrigin Canary { get; } = new("canary");

        public AdminApi Admin { get; }

        public StallMeter Stalls { get; }

        public static (string Version, long Weight)[] WeightsOf(JsonElement service) =>
            [.. service.GetProperty("versions").EnumerateArray().Select(static version => (version.Text("name"), version.Number("weight")))];

        /// <summary>Goes on by itself as long as the canary is well: its requests come, and the second step is reached on their evidence.</summary>
        public void StartAndWaitForSecondStep()
        {
            Eventually.Holds(() => _stable.Requests > 50, "load");
            Assert.Equal(0, Canary.Requests);
            Assert.Equal("Idle", Admin.Phase());
            var rollout = Admin.Do("start");
            Assert.Equal(("Progressing", 1L), (rollout.Text("phase"), rollout.Number("step")));
            Assert.True(
                Eventually.Within(Deadline, () => Admin.Rollout().Number("step") == 2),
                $"no second step: {Admin.Rollout()}");
            Assert.Equal("Progressing", Admin.Phase());
        }

        /// <summary>The canary's requests with a status, in the metrics: they are counted behind their answers.</summary>
        public void ExpectCounted(string status, int count)
        {
            Eventually.Holds(() => Counted() >= count, () => $"{count} requests with {status}; there are {Counted()}");
            Assert.Equal(count, Counted());

            double Counted() => Admin.Metric("http_requests_total", ("version", "canary"), ("status", status));
        }

        /// <summary>Waits for the abort, and that the canary gets nothing from then on while load goes on.</summary>
        /// <returns>The decision.</returns>
        public JsonElement ExpectAbort(ITestOutputHelper output)
        {
            var turned = DateTime.UtcNow;
            Stalls.Forget();
            Assert.True(Eventually.Within(Deadline, () => Admin.Phase() == "Aborted"), $"no abort: {Admin.Rollout()}");

            // A request that is sent after the abort shows has a new split, whatever time anything takes.
            using (var client = new RawClient(Port))
            {
                for (var i = 0; i < 50; i++) Assert.Equal("stable", client.Get(SteeredOrigin.ProbePath).Text);
            }

            // What was under way comes to its end; then nothing comes any more, while wrk goes on.
            Eventually.Holds(() => Admin.Metric("fastcanary_upstream_connections", ("version", "canary"), ("state", "active")) == 0, "nothing is under way to the canary");
            var last = Canary.Requests;
            var stable = _stable.Requests;
            Thread.Sleep(2000);
            Eventually.Holds(() => _stable.Requests > stable + 100, () => $"only {_stable.Requests - stable} requests of load");
            Assert.Equal(last, Canary.Requests);
            Assert.Equal(0, Canary.Probes);
            Assert.False(_load.HasExited, string.Join('\n', _load.Output));

            var service = Admin.Service();
            var decision = service.GetProperty("decisions")[0];
            Assert.Equal(("aborted", "engine", "Aborted"), (decision.Text("kind"), decision.Text("actor"), decision.Text("phase")));
            Assert.Equal([("stable", 1L), ("canary", 0L)], WeightsOf(service));
            Assert.Equal(1, Admin.Metric("fastcanary_rollout_phase", ("phase", "Aborted")));

            // The log's line is written right behind the swap of the split.
            var line = _proxy.WaitForLog("web: aborted, ");
            Assert.Single(_proxy.Log, static line => line.Contains("web: aborted, ", StringComparison.Ordinal));
            var applied = DateTime.Parse(line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"abort: {(decision.Moment("at") - turned).TotalMilliseconds:0} ms after the canary turned bad, in force {(applied - decision.Moment("at")).TotalMilliseconds:0} ms after the look; its last request came {(Canary.LastAt - applied).TotalMilliseconds:0.0} ms after that; longest stall of the machine {Stalls.Longest.TotalMilliseconds:0} ms; {Canary.Requests} requests, {Canary.Failed} failed; {decision.Text("reason")}");
            output.WriteLine(text);
            TestContext.Current.SendDiagnosticMessage(text);
            Assert.True(Canary.CountAfter(applied + UnderWay + Stalls.Longest) == 0, text);
            return decision;
        }

        public void Dispose()
        {
            _load.Dispose();
            Admin.Dispose();
            _proxy.Dispose();
            _stable.Dispose();
            Canary.Dispose();
            Stalls.Dispose();
            _folder.Dispose();
        }
    }
}
