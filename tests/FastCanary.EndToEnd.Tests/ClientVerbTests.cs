using System.Text.Json;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>The verbs that speak to a running program, each at the real one.</summary>
public sealed class ClientVerbTests : IDisposable
{
    private const string Operator = "operator-token-0123456789";

    private readonly ScriptedOrigin _stable = ScriptedOrigin.Answering("stable");

    private readonly ScriptedOrigin _canary = ScriptedOrigin.Answering(static request =>
        request.Target == "/fails" ? "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n" : ScriptedOrigin.Response("canary"));

    private readonly int _port = Ports.Free();
    private readonly int _adminPort = Ports.Free();

    public void Dispose()
    {
        _stable.Dispose();
        _canary.Dispose();
    }

    [Fact]
    public void A_release_is_led_from_start_to_undo_by_the_command_line()
    {
        using var proxy = Start();
        Does("start web", "web: Progressing, step 1 of 3");
        Does("pause web", "web: Paused, step 1 of 3");
        Does("resume web", "web: Progressing, step 1 of 3");
        Fails("start web", "409 conflict");
        Does("promote web", "web: Paused, step 2 of 3");
        Does("promote web --full", "web: Promoted");
        Does("undo web", "web: Aborted");
        Fails("abort web", "409 conflict");
        Does("retry web", "web: Progressing, step 1 of 3");
        Does("abort web", "web: Aborted");
        Does("explain web", "aborted");
        Does($"explain web --id {FirstDecision()}", "started");
        Fails("explain web --id 999", "999");
        var status = Does("status", "Aborted");
        Assert.Contains(status.Output, static line => line.Contains("stable", StringComparison.Ordinal) && line.Contains("100.00 %", StringComparison.Ordinal));
        var json = JsonDocument.Parse(string.Concat(Does("status web --json", "\"phase\"").Output)).RootElement;
        Assert.Equal("Aborted", json.GetProperty("rollout").GetProperty("phase").GetString());
        Assert.Equal(1, JsonDocument.Parse(string.Concat(Does("status --json", "\"services\"").Output)).RootElement.GetProperty("services").GetArrayLength());
    }

    [Fact]
    public void Weights_are_set_and_a_reload_is_told()
    {
        using var proxy = Start();
        Does("set-weight web stable=3 canary=1", "25.00 %");
        using (var client = new RawClient(_port)) Assert.Equal(["canary", "stable", "stable", "stable"], Enumerable.Range(0, 4).Select(_ => client.Get().Text).Order(StringComparer.Ordinal));
        Fails("set-weight web canray=1", "did you mean \"canary\"?");
        Fails("set-weight web stable=0 canary=0", "all weights would be 0");
        Does("reload", "configuration reloaded: 1 service");
        proxy.Replace("listeners: [\n");
        var ended = Client("reload");
        Assert.True(ended.Code == 2, ended.ToString());
        Assert.Contains(ended.Errors, line => line.Contains(proxy.ConfigPath + ":", StringComparison.Ordinal));
    }

    [Fact]
    public void Waiting_for_a_rollout_that_its_canary_spoils_ends_with_3()
    {
        using var proxy = Start("steps: [{ weight: 50%, hold: 1h }, { weight: 100% }], analysis: { minRequests: 1 }");
        Does("start web", "Progressing");
        using var waiting = new ChildProcess(ProgramUnderTest.File, [.. ProgramUnderTest.Arguments, "status", "web", "--wait", .. Where()]);
        Eventually.HoldsOnceStarted(() => waiting.Output.Length > 0, static () => "it says where the rollout stands");
        using (var client = new RawClient(_port))
            for (var i = 0; i < 200; i++) client.Get("/fails");
        Assert.Equal(3, waiting.WaitForExit());
        Assert.Contains(waiting.Output, static line => line.Contains("Aborted", StringComparison.Ordinal) && line.Contains("errors", StringComparison.Ordinal));
        Does("explain web", "errors");
        // The recorded rollout gives the same decisions again.
        var replay = FastCanaryProcess.Run("replay", Path.Combine(proxy.Folder, "state"));
        Assert.True(replay.Code == 0, replay.ToString());
        Assert.Contains(replay.Output, static line => line.Contains("2 decisions, 2 the same", StringComparison.Ordinal));
    }

    [Fact]
    public void Waiting_for_a_rollout_that_is_promoted_ends_with_0()
    {
        using var proxy = Start("steps: [{ weight: 50%, hold: 1h }, { weight: 100% }], promotion: { watch: 0s }");
        using var waiting = new ChildProcess(ProgramUnderTest.File, [.. ProgramUnderTest.Arguments, "start", "web", "--wait", .. Where()]);
        Eventually.HoldsOnceStarted(() => waiting.Output.Length > 0, static () => "it says where the rollout stands");
        Does("promote web --full", "web: Promoted");
        Assert.Equal(0, waiting.WaitForExit());
    }

    [Fact]
    public void A_failure_is_one_line_that_says_what_helps_and_exits_1()
    {
        using var proxy = Start();
        Fails("status wep", "did you mean \"web\"?");
        Fails("start wep", "did you mean \"web\"?");
        Fails("explain wep", "did you mean \"web\"?");
        Fails("explain web", "");
        foreach (var token in (string[])["", "a-wrong-token-0123"])
        {
            var refused = FastCanaryProcess.Run("start", "web", "--admin", $"http://127.0.0.1:{_adminPort}", "--token", token);
            Assert.True(refused.Code == 1, refused.ToString());
            var line = Assert.Single(refused.Errors);
            Assert.Contains("401", line, StringComparison.Ordinal);
            Assert.Contains("FASTCANARY_TOKEN", line, StringComparison.Ordinal);
            Assert.DoesNotContain("a-wrong-token", line, StringComparison.Ordinal);
        }

        var nobody = FastCanaryProcess.Run("status", "--admin", $"http://127.0.0.1:{Ports.Free()}");
        Assert.True(nobody.Code == 1, nobody.ToString());
        Assert.Contains("connection refused; is `fastcanary run` up", Assert.Single(nobody.Errors), StringComparison.Ordinal);
        using var admin = new AdminApi(_adminPort, Operator);
        Assert.Equal("Idle", admin.Phase());
    }

    [Fact]
    public void The_address_and_the_token_come_from_the_environment_too()
    {
        using var proxy = Start();
        using var start = new ChildProcess(
            ProgramUnderTest.File,
            [.. ProgramUnderTest.Arguments, "start", "web"],
            environment: [("FASTCANARY_ADMIN", $"http://127.0.0.1:{_adminPort}"), ("FASTCANARY_TOKEN", Operator)]);
        Assert.Equal(0, start.WaitForExit(Eventually.ProgramPatience));
        Assert.Empty(start.Errors);
        // A rollout that waits for nobody's verb ends a wait.
        Does("abort web", "web: Aborted");
        Assert.Equal(3, Client("status web --wait").Code);
    }

    [Fact]
    public void A_plan_is_simulated_and_a_bad_canary_aborts_in_nearly_all_runs()
    {
        using var folder = new TempFolder();
        var file = folder.Write("f.yaml", Configuration.Release(_port, _adminPort, _stable.Port, _canary.Port, "steps: [{ weight: 10%, hold: 1m }, { weight: 100% }]"));
        var bad = FastCanaryProcess.Run("simulate", "-c", file, "web", "--rps", "100", "--base-error", "0.1%", "--canary-error", "0.2", "--runs", "50");
        Assert.True(bad.Code == 0, bad.ToString());
        Assert.Contains(bad.Output, static line => line.Contains("aborted", StringComparison.Ordinal) && line.Contains("100", StringComparison.Ordinal));
        var unknown = FastCanaryProcess.Run("simulate", "-c", file, "wep", "--rps", "100", "--base-error", "0.1%", "--canary-error", "0.2");
        Assert.True(unknown.Code == 2, unknown.ToString());
        Assert.Single(unknown.Errors);
    }

    [Fact]
    public void A_journal_that_was_changed_is_not_replayed()
    {
        using (var proxy = Start())
        {
            Does("start web", "Progressing");
            Does("abort web", "Aborted");
            proxy.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
            Assert.Equal(0, proxy.WaitForExit());
            var journal = Path.Combine(proxy.Folder, "state", "journal.jsonl");
            var same = FastCanaryProcess.Run("replay", journal);
            Assert.True(same.Code == 0, same.ToString());
            File.WriteAllText(journal, File.ReadAllText(journal).Replace("by hand", "by band", StringComparison.Ordinal));
            var changed = FastCanaryProcess.Run("replay", journal);
            Assert.True(changed.Code == 1, changed.ToString());
            Assert.Contains("the journal is damaged", Assert.Single(changed.Errors), StringComparison.Ordinal);
        }

        var none = FastCanaryProcess.Run("replay", "/there/is/no/journal");
        Assert.True(none.Code == 1, none.ToString());
        Assert.Single(none.Errors);
    }

    private FastCanaryProcess Start(string rollout = "steps: [{ weight: 50%, hold: 1h }, { pause: true }, { weight: 100% }]") =>
        FastCanaryProcess.Start(Configuration.Release(_port, _adminPort, _stable.Port, _canary.Port, rollout, $", tokens: {{ operator: {Operator} }}"));

    private int FirstDecision()
    {
        using var admin = new AdminApi(_adminPort, Operator);
        return admin.Get("/api/v1/services/web/journal?limit=1000").GetProperty("entries").EnumerateArray().Last(static entry => entry.GetProperty("kind").GetString() == "decision").GetProperty("n").GetInt32();
    }

    private string[] Where() => ["--admin", $"http://127.0.0.1:{_adminPort}", "--token", Operator];

    private ExitedProcess Client(string line) => FastCanaryProcess.Run([.. line.Split(' '), .. Where()]);

    private ExitedProcess Does(string line, string words)
    {
        var ended = Client(line);
        Assert.True(ended.Code == 0 && ended.Errors.Length == 0 && ended.Output.Any(text => text.Contains(words, StringComparison.Ordinal)), $"{line}: {ended}");
        return ended;
    }

    private void Fails(string line, string words)
    {
        var ended = Client(line);
        Assert.True(ended is { Code: 1, Errors.Length: 1, Output.Length: 0 } && ended.Errors[0].Contains(words, StringComparison.Ordinal), $"{line}: {ended}");
    }
}
