using System.Security.Cryptography;
using System.Text;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>What a start makes of a state that the last process, a disk or a person left in disorder: in doubt, the baseline.</summary>
public sealed class DamagedStateTests : IClassFixture<DamagedStateTests.Left>
{
    private readonly Left _left;

    public DamagedStateTests(Left left) => _left = left;

    [Fact]
    public void Whole_it_goes_on_where_it_was()
    {
        using var restarted = _left.Restart(static _ => { });
        restarted.ExpectToGoOn();
        Assert.DoesNotContain(restarted.Log, static line => line.Contains("journal", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(-1)]
    public void A_state_that_is_truncated_gives_everything_to_the_baseline(int length)
    {
        using var restarted = _left.Restart(folder =>
        {
            using var file = File.OpenWrite(folder.File("state.json"));
            file.SetLength(length < 0 ? file.Length + length : length);
        });
        restarted.ExpectBaseline("state.json", "state-damaged-*.json");
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-10)]
    public void A_state_with_a_flipped_bit_gives_everything_to_the_baseline(int place)
    {
        using var restarted = _left.Restart(folder => Flip(folder.File("state.json"), place));
        restarted.ExpectBaseline("state.json", "state-damaged-*.json");
    }

    [Fact]
    public void What_a_start_gave_to_the_baseline_stays_there_over_the_next_one()
    {
        using var restarted = _left.Restart(static folder => File.Delete(folder.File("state.json")));
        restarted.Again();
        Assert.Single(restarted.Log, static line => line.Contains("web: goes on where it was: Aborted, step 0, stable=1 canary=0", StringComparison.Ordinal));
        restarted.ExpectAborted();
        restarted.ExpectReplay();
    }

    [Fact]
    public void A_state_that_is_gone_while_its_journal_is_there_gives_everything_to_the_baseline()
    {
        using var restarted = _left.Restart(static folder => File.Delete(folder.File("state.json")));
        restarted.ExpectBaseline("state.json", keptAs: null);
    }

    [Fact]
    public void A_journal_that_was_changed_in_its_middle_gives_everything_to_the_baseline()
    {
        using var restarted = _left.Restart(static folder => Flip(folder.File("journal.jsonl"), 1500));
        restarted.ExpectBaseline("journal.jsonl", "journal-damaged-*.jsonl");
    }

    [Fact]
    public void A_journal_that_lacks_an_entry_gives_everything_to_the_baseline()
    {
        using var restarted = _left.Restart(static folder =>
        {
            var lines = File.ReadAllLines(folder.File("journal.jsonl"));
            File.WriteAllText(folder.File("journal.jsonl"), string.Join('\n', lines.Where(static (_, place) => place != 1)) + "\n");
        });
        restarted.ExpectBaseline("journal.jsonl", "journal-damaged-*.jsonl");
    }

    [Fact]
    public void A_journal_that_ends_before_its_state_gives_everything_to_the_baseline()
    {
        using var restarted = _left.Restart(static folder =>
        {
            var lines = File.ReadAllLines(folder.File("journal.jsonl"));
            File.WriteAllText(folder.File("journal.jsonl"), lines[0] + "\n");
        });
        restarted.ExpectBaseline("journal", keptAs: null, isWhole: false);
    }

    [Fact]
    public void A_journal_that_began_anew_behind_the_state_gives_everything_to_the_baseline()
    {
        // As when the start that found the damage was killed before it could say what it had made of it.
        using var restarted = _left.Restart(static folder =>
        {
            var n = File.ReadAllLines(folder.File("journal.jsonl")).Length + 1;
            var line = $$$"""{"n":{{{n}}},"at":"2026-11-22T07:00:00.000Z","kind":"broken","service":"","body":{"file":"journal.jsonl","line":2,"reason":"was changed"},"previous":"{{{new string('0', 64)}}}" """.TrimEnd();
            File.WriteAllText(folder.File("journal.jsonl"), $$"""{{line}},"hash":"{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)))}}"}""" + "\n");
        });
        restarted.ExpectBaseline("journal", keptAs: null);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"n\":4,\"at\":\"2026-11-22T07:00:00.000Z\",\"kind\":\"observation\",\"service\":\"web\",\"body\":{\"at\"")]
    public void A_last_line_that_was_never_finished_is_cut_off_and_it_goes_on_where_it_was(string torn)
    {
        using var restarted = _left.Restart(folder => File.AppendAllText(folder.File("journal.jsonl"), torn));
        restarted.ExpectToGoOn();
        Assert.Single(restarted.Log, line => line.Contains($"the end of the journal was cut off: {torn.Length} bytes", StringComparison.Ordinal));
    }

    [Fact]
    public void A_second_process_on_the_same_folder_is_refused_and_the_first_goes_on()
    {
        using var first = _left.Restart(static _ => { });
        using var folder = new TempFolder();
        var second = FastCanaryProcess.RunIn(folder.Path, "run", "-c", folder.Write("second.yaml", _left.Yaml(first.Folder.Path, Ports.Free(), Ports.Free())));
        Assert.True(second.Code == 1, second.ToString());
        var line = Assert.Single(second.Errors, static line => line.Contains("is in use by another FastCanary", StringComparison.Ordinal));
        Assert.Contains(first.Folder.Path, line, StringComparison.Ordinal);
        Assert.DoesNotContain(second.Errors, static line => line.Contains("   at ", StringComparison.Ordinal) || line.Contains("listening on", StringComparison.Ordinal));
        Assert.Empty(second.Output);
        first.ExpectToGoOn();
    }

    private static void Flip(string path, int place)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[place < 0 ? bytes.Length + place : place] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>The folder that a killed process left: a rollout at its first step, with a fifth for the canary.</summary>
    public sealed class Left : IDisposable
    {
        private readonly TempFolder _folder = new();
        private readonly ScriptedOrigin _stable = ScriptedOrigin.Answering("stable");
        private readonly ScriptedOrigin _canary = ScriptedOrigin.Answering("canary");

        public Left()
        {
            var (port, admin) = (Ports.Free(), Ports.Free());
            using var process = FastCanaryProcess.Start(Yaml(_folder.Path, port, admin));
            using var api = new AdminApi(admin);
            api.Do("start");
            process.Kill();
        }

        public void Dispose()
        {
            _stable.Dispose();
            _canary.Dispose();
            _folder.Dispose();
        }

        internal string Yaml(string state, int port, int admin) => $$"""
            listeners: [{ address: "127.0.0.1:{{port}}", service: web }]
            admin: { address: "127.0.0.1:{{admin}}" }
            state: { path: "{{state}}" }
            services:
              web:
                timeouts: { connect: 10s }
                versions:
                  stable: { weight: 100, endpoints: ["127.0.0.1:{{_stable.Port}}"] }
                  canary: { weight: 0, endpoints: ["127.0.0.1:{{_canary.Port}}"] }
                rollout: { canary: canary, baseline: stable, steps: [{ weight: 20%, hold: 1h }, { weight: 100% }] }
            """;

        /// <summary>Copies the folder, lets someone at it, and starts on it.</summary>
        internal Restarted Restart(Action<TempFolder> damage)
        {
            var folder = new TempFolder();
            foreach (var path in Directory.GetFiles(_folder.Path)) File.Copy(path, folder.File(Path.GetFileName(path)));
            damage(folder);
            return new Restarted(this, folder);
        }
    }

    /// <summary>The process that found a folder as it was left.</summary>
    internal sealed class Restarted : IDisposable
    {
        private readonly int _port = Ports.Free();
        private readonly string _yaml;
        private readonly AdminApi _api;
        private FastCanaryProcess _process;

        public Restarted(Left left, TempFolder folder)
        {
            Folder = folder;
            var admin = Ports.Free();
            _yaml = left.Yaml(folder.Path, _port, admin);
            _api = new AdminApi(admin);
            _process = FastCanaryProcess.Start(_yaml);
        }

        public TempFolder Folder { get; }

        public string[] Log => _process.Log;

        /// <summary>Kills it and starts it once more.</summary>
        public void Again()
        {
            _process.Kill();
            _process.Dispose();
            _process = FastCanaryProcess.Start(_yaml);
        }

        public void ExpectToGoOn()
        {
            Assert.Single(Log, static line => line.Contains("web: goes on where it was: Progressing, step 1, stable=4 canary=1", StringComparison.Ordinal));
            Assert.DoesNotContain(Log, static line => line.Contains("cannot be trusted", StringComparison.Ordinal));
            var rollout = _api.Rollout();
            Assert.Equal(("Progressing", 1L, "started by hand"), (rollout.Text("phase"), rollout.Number("step"), rollout.Text("reason")));
            Assert.Equal(2, Ask(10).Count(static body => body == "canary"));
            ExpectReplay();
        }

        /// <param name="file">What the log's line names.</param>
        /// <param name="keptAs">The copy that is kept; null: there is nothing to keep.</param>
        /// <param name="isWhole">The journal lacks nothing, so that it can be decided again.</param>
        public void ExpectBaseline(string file, string? keptAs, bool isWhole = true)
        {
            var line = Assert.Single(Log, static line => line.Contains("the state cannot be trusted, so the baselines get everything: ", StringComparison.Ordinal));
            Assert.Contains(Folder.File(file), line, StringComparison.Ordinal);
            Assert.DoesNotContain(Log, static line => line.Contains("goes on where it was", StringComparison.Ordinal));
            if (keptAs is not null) Assert.Single(Directory.GetFiles(Folder.Path, keptAs));
            ExpectAborted();
            if (isWhole) ExpectReplay();

            // It is latched: begun again by hand, and then it goes on as ever.
            var rollout = _api.Do("retry");
            Assert.Equal(("Progressing", 1L), (rollout.Text("phase"), rollout.Number("step")));
            Assert.Equal(2, Ask(10).Count(static body => body == "canary"));
        }

        public void Dispose()
        {
            _api.Dispose();
            _process.Dispose();
            Folder.Dispose();
        }

        public void ExpectAborted()
        {
            var service = _api.Service();
            Assert.Equal("Aborted", service.GetProperty("rollout").Text("phase"));
            Assert.Equal([("stable", 1L), ("canary", 0L)], service.GetProperty("versions").EnumerateArray().Select(static version => (version.Text("name"), version.Number("weight"))));
            Assert.All(Ask(10), static body => Assert.Equal("stable", body));
            _api.SetWeights("""{"stable":1,"canary":1}""").Expect(409);
        }

        public void ExpectReplay()
        {
            var replayed = FastCanaryProcess.Run("replay", Folder.Path);
            Assert.True(replayed.Code == 0, replayed.ToString());
        }

        private string[] Ask(int count)
        {
            using var client = new RawClient(_port);
            return [.. Enumerable.Range(0, count).Select(_ => client.Get().Text)];
        }
    }
}
