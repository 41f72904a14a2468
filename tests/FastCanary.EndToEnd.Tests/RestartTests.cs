using System.Globalization;
using System.Text.Json;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>kill -9 at any moment loses nothing that was acknowledged, and nothing that was decided.</summary>
[Collection(LoadCollection.Name)]
public sealed class RestartTests(ITestOutputHelper output)
{
    private static readonly string[] Verbs = ["start", "pause", "resume", "promote", "promote full", "abort", "retry", "undo", "weights"];

    private static readonly string[] Phases = ["Aborted", "Aborting", "Idle", "Paused", "Progressing", "Promoted"];

    [Fact]
    public void Killed_at_any_moment_under_load_it_goes_on_where_it_was()
    {
        var kills = FromEnvironment("FASTCANARY_KILLS") ?? 25;
        var seed = FromEnvironment("FASTCANARY_SOAK_SEED") ?? Environment.TickCount;
        using var run = new Run(new Random(seed));
        try
        {
            for (var kill = 0; kill < kills; kill++) run.Live(kill);
            // As a person would check it, with all that was recorded.
            var replayed = FastCanaryProcess.Run("replay", run.StateFolder);
            Assert.True(replayed.Code == 0, replayed.ToString());
        }
        catch (Exception)
        {
            output.WriteLine($"FASTCANARY_SOAK_SEED={seed}\n{run.Summary}\n{run.LastLog}");
            throw;
        }

        var text = $"seed {seed}: {run.Summary}";
        output.WriteLine(text);
        TestContext.Current.SendDiagnosticMessage(text);
        Assert.Equal(Phases, run.PhasesKilledIn.Order(StringComparer.Ordinal));
        Assert.True(run.Acknowledged >= 2 * kills, text);
    }

    private static int? FromEnvironment(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : null;

    /// <summary>One state folder, and the processes that live on it, one after the other.</summary>
    private sealed class Run : IDisposable
    {
        private readonly TempFolder _folder = new();
        private readonly SteeredOrigin _stable = new("stable");
        private readonly Dictionary<string, Service> _services;
        private readonly PacedLoad[] _loads;
        private readonly JournalReader _journal;
        private readonly Random _random;
        private readonly int _admin = Ports.Free();
        private readonly string _yaml;
        private readonly SortedDictionary<string, int> _phases = new(StringComparer.Ordinal);
        private int _lives;
        private int _killedAtStart;
        private int _refused;
        private int _torn;
        private int _unanswered;

        public Run(Random random)
        {
            _random = random;
            // One that goes through by itself and is watched behind that, one with a gate, and one whose canary fails and is taken back by and by.
            _services = new[]
            {
                new Service("quick", "steps: [{ weight: 20%, hold: 1s }, { weight: 40%, hold: 1s }, { weight: 60%, hold: 1s }, { weight: 100% }], promotion: { watch: 3s, holdBack: 10% }"),
                new Service("gated", "steps: [{ weight: 10%, hold: 1s }, { pause: true }, { weight: 50%, hold: 1s }, { weight: 100% }]"),
                new Service("gradual", "steps: [{ weight: 60%, hold: 1m }, { weight: 100% }], onFailure: { mode: gradual, step: 15%, interval: 1s }"),
            }.ToDictionary(static service => service.Name, StringComparer.Ordinal);
            _services["gradual"].Canary.FailEvery = 2;
            StateFolder = _folder.File("state");
            _journal = new JournalReader(StateFolder);
            // The journal is ended as often as it may be, and all of it stays.
            _yaml = $$"""
                admin: { address: "127.0.0.1:{{_admin}}" }
                state: { path: "{{StateFolder}}", journal: { size: 64KiB, files: 1024 } }
                listeners:
                {{string.Concat(_services.Values.Select(static service => $"  - {{ address: \"127.0.0.1:{service.Port}\", service: {service.Name} }}\n"))}}
                services:
                {{string.Concat(_services.Values.Select(service => service.Yaml(_stable.Port)))}}
                """;
            _loads = [.. _services.Values.Select(static service => new PacedLoad(service.Port, connections: 2, pauseMs: 5))];
        }

        public string StateFolder { get; }

        public int Acknowledged { get; private set; }

        public string LastLog { get; private set; } = "";

        public IEnumerable<string> PhasesKilledIn => _phases.Keys;

        public string Summary =>
            $"{_lives} lives and {_killedAtStart} killed while they started; {Acknowledged} changes acknowledged, {_refused} refused, {_unanswered} not answered; {_torn} torn ends of the journal; "
            + $"killed in {string.Join(", ", _phases.Select(static phase => $"{phase.Key} {phase.Value}"))}; {_loads.Sum(static load => load.Answered)} requests";

        /// <summary>One process: goes on where the one before was killed, is brought somewhere, and is killed.</summary>
        public void Live(int kill)
        {
            if (kill % 5 == 4) KillWhileItStarts();
            using var process = FastCanaryProcess.Start(_yaml);
            try
            {
                using var admin = new AdminApi(_admin);
                ExpectToGoOn(process, admin);
                _lives++;
                // Where it is brought nobody else meddles, but every third time.
                var driven = Bring(admin, kill % 8);
                using var stop = new CancellationTokenSource();
                var others = _services.Values.Where(service => service != driven || kill % 3 == 0).ToArray();
                var random = new Random(_random.Next());
                var commander = new Thread(() => CommandAtRandom(admin, others, random, stop.Token)) { IsBackground = true };
                commander.Start();
                Thread.Sleep(_random.Next(700));
                foreach (var service in _services.Values) service.Seen = admin.Rollout(service.Name);
                Thread.Sleep(_random.Next(100));
                process.Kill();
                stop.Cancel();
                Assert.True(commander.Join(Eventually.Patience), "a command took longer than 20 s");
                ExpectInJournal();
            }
            finally
            {
                LastLog = string.Join('\n', process.Log);
            }
        }

        public void Dispose()
        {
            foreach (var load in _loads) load.Dispose();
            foreach (var service in _services.Values) service.Canary.Dispose();
            _stable.Dispose();
            _folder.Dispose();
        }

        private void KillWhileItStarts()
        {
            using var process = FastCanaryProcess.StartWithoutWaiting(_yaml);
            // Most of the start is before it has touched the folder.
            var grown = _journal.LiveLength;
            if (_random.Next(2) == 0) Eventually.Within(TimeSpan.FromSeconds(5), () => _journal.LiveLength != grown);
            Thread.Sleep(_random.Next(ProgramUnderTest.IsNative ? 40 : 400));
            process.Kill();
            _killedAtStart++;
            foreach (var service in _services.Values) service.History.Take(_journal.Read());
        }

        private void ExpectToGoOn(FastCanaryProcess process, AdminApi admin)
        {
            Assert.DoesNotContain(process.Log, static line => line.Contains("cannot be", StringComparison.Ordinal) || line.Contains(" fail:", StringComparison.Ordinal) || line.Contains(" crit:", StringComparison.Ordinal));
            if (process.Log.Any(static line => line.Contains("the end of the journal was cut off", StringComparison.Ordinal))) _torn++;
            foreach (var service in _services.Values)
            {
                service.History.Forget();
                var probes = service.Canary.Probes;
                var report = admin.Service(service.Name);
                var place = RolloutPlace.Of(report);
                var shown = report.GetProperty("rollout").GetProperty("evidence")[0].Number("requests", "canary");
                // It checks by itself that the process went on with what was there; since then it may have decided something.
                var begun = service.History.Begun;
                service.History.Take(_journal.Read());
                Assert.True(service.History.Begun == begun + 1, $"{service.Name} did not begin once: {service.History.Begun - begun}");
                Assert.Contains(place, service.History.Places);
                if (place == service.History.Place) Assert.InRange(shown, 0, service.History.CanaryRequestsMost);
                if (_lives > 0)
                {
                    var line = Assert.Single(process.Log, line => line.Contains($" {service.Name}: goes on where it was: ", StringComparison.Ordinal));
                    var first = service.History.Places.Select(static place => $": {place.Phase}, step {place.Step}, ").ToArray();
                    Assert.Contains(first, text => line.Contains(text, StringComparison.Ordinal));
                }

                if (place.Phase != "Aborted") continue;
                Assert.Equal(0, place.CanaryBasisPoints);
                using var client = new RawClient(service.Port);
                for (var i = 0; i < 10; i++) Assert.Equal("stable", client.Get(SteeredOrigin.ProbePath).Text);
                Assert.Equal(probes, service.Canary.Probes);
            }
        }

        /// <summary>Every command that was acknowledged is in the journal, in its order, and none that was not given; and what was seen of the evidence is.</summary>
        private void ExpectInJournal()
        {
            var entries = _journal.Read();
            foreach (var service in _services.Values)
            {
                service.History.Take(entries);
                var expected = service.Acknowledged.Select(static command => command.Verb).ToList();
                if (service.Unanswered is { } unanswered && service.History.Commands.Count > expected.Count) expected.Add(unanswered);
                Assert.Equal(expected, service.History.Commands);
                Assert.All(service.Acknowledged, command => Assert.Contains(service.History.Places, place => command.Phase is null || (place.Phase == command.Phase && place.Step == command.Step)));
                Assert.InRange(service.Seen.GetProperty("evidence")[0].Number("requests", "canary"), 0, service.History.CanaryRequestsMost);
                _phases[service.History.Place.Phase] = _phases.GetValueOrDefault(service.History.Place.Phase) + 1;
                service.Acknowledged.Clear();
                service.Unanswered = null;
            }
        }

        /// <summary>Brings a rollout where it is to be killed.</summary>
        private Service Bring(AdminApi admin, int where)
        {
            var (quick, gated, gradual) = (_services["quick"], _services["gated"], _services["gradual"]);
            switch (where)
            {
                case 0:
                    return Give(quick);
                case 1:
                    return Give(quick, "promote");
                case 2:
                    return Give(quick, "promote full");
                case 3:
                    return Give(quick, "promote full", "weights");
                case 4:
                    return Give(quick, "pause");
                case 5:
                    return Give(gated, "promote");
                case 6:
                    return Give(gated, "abort");
                default:
                    Give(gradual);
                    Eventually.Holds(() => admin.Phase("gradual") == "Aborting", "the failing canary is taken back");
                    return gradual;
            }

            Service Give(Service service, params ReadOnlySpan<string> verbs)
            {
                Send(admin, service, "abort");
                if (Send(admin, service, "retry") != 200) Assert.Equal(200, Send(admin, service, "start"));
                // At a place that it leaves by itself it may have left it already.
                foreach (var verb in verbs) Assert.Contains(Send(admin, service, verb), new[] { 200, 409 });
                return service;
            }
        }

        private void CommandAtRandom(AdminApi admin, Service[] services, Random random, CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                Thread.Sleep(random.Next(60));
                if (Send(admin, services[random.Next(services.Length)], Verbs[random.Next(Verbs.Length)], random.Next(1, 100)) == 0) return;
            }
        }

        /// <returns>The status; 0 where there was no answer.</returns>
        private int Send(AdminApi admin, Service service, string verb, int share = 30)
        {
            var recorded = verb switch { "weights" => "SetShare", "promote full" => "PromoteFull", _ => char.ToUpperInvariant(verb[0]) + verb[1..] };
            try
            {
                var answer = verb switch
                {
                    "weights" => admin.SetWeights($$"""{"stable":{{100 - share}},"canary":{{share}}}""", service.Name),
                    "promote full" => admin.Command("promote", """{"full":true}""", service.Name),
                    _ => admin.Command(verb, name: service.Name),
                };
                if (answer.Status == 200)
                {
                    // The split's answer does not tell the phase; that of the journal's entry has to do.
                    service.Acknowledged.Add(verb == "weights" ? new Command(recorded, Phase: null, Step: 0) : new Command(recorded, answer.Json.Text("phase"), (int)answer.Json.Number("step")));
                    Acknowledged++;
                }
                else
                {
                    answer.Expect(409);
                    _refused++;
                }

                return answer.Status;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
            {
                service.Unanswered = recorded;
                _unanswered++;
                return 0;
            }
        }
    }

    /// <summary>A change that was answered with 200.</summary>
    private sealed record Command(string Verb, string? Phase, int Step);

    /// <summary>A service, its canary, and what was asked of it since the last start.</summary>
    private sealed class Service(string name, string rollout)
    {
        public string Name => name;

        public int Port { get; } = Ports.Free();

        public SteeredOrigin Canary { get; } = new("canary");

        public RolloutHistory History { get; } = new(name);

        public List<Command> Acknowledged { get; } = [];

        public string? Unanswered { get; set; }

        /// <summary>Its rollout as it was seen last before the kill.</summary>
        public JsonElement Seen { get; set; }

        public string Yaml(int stable) =>
            $$"""
              {{name}}:
                timeouts: { connect: 10s }
                outlier: { consecutiveFailures: 1000 }
                versions:
                  stable: { weight: 100, endpoints: ["127.0.0.1:{{stable}}"] }
                  canary: { weight: 0, endpoints: ["127.0.0.1:{{Canary.Port}}"] }
                rollout: { canary: canary, baseline: stable, analysis: { minRequests: 5, errors: { maxRate: 60% } }, {{rollout}} }

            """;
    }
}
