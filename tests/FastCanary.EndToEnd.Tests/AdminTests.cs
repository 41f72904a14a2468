using System.Net;
using System.Net.Sockets;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>The admin API of the running program: what it refuses changes nothing, and it never repeats a secret.</summary>
public sealed class AdminTests : IDisposable
{
    private const string Operator = "operator-token-0123456789";
    private const string Viewer = "viewer-token-0123456789";
    private const string Wrong = "wrong-token-0123456789";
    private const string Rollout = "/api/v1/services/web/rollout/";
    private const string Weights = "/api/v1/services/web/weights";

    private static readonly string[] Verbs = ["start", "pause", "resume", "promote", "abort", "retry", "undo"];

    private readonly ScriptedOrigin _stable = ScriptedOrigin.Answering("stable");
    private readonly ScriptedOrigin _canary = ScriptedOrigin.Answering("canary");
    private readonly int _port = Ports.Free();
    private readonly int _adminPort = Ports.Free();

    public void Dispose()
    {
        _stable.Dispose();
        _canary.Dispose();
    }

    [Fact]
    public void A_call_that_may_not_be_made_is_refused_and_changes_nothing()
    {
        using var proxy = Start();
        using var admin = new AdminApi(_adminPort, Operator);
        admin.Do("start");
        var before = admin.WhatCanChange();
        var file = File.ReadAllText(JournalOf(proxy));
        var failures = new List<string>();
        (string Method, string Path, string? Body)[] changes =
        [
            .. Verbs.Select(static verb => ("POST", Rollout + verb, (string?)null)),
            ("PUT", Weights, """{"stable":1,"canary":1}"""),
            ("POST", "/admin/weight?service=web&weight=20", null),
            ("POST", "/api/v1/reload", null),
        ];
        foreach (var (method, path, body) in changes)
        {
            Refuse(method, path, body, "", 401, "unauthorized", "WWW-Authenticate: Bearer");
            Refuse(method, path, body, Wrong, 401, "unauthorized", "WWW-Authenticate: Bearer");
            Refuse(method, path, body, Viewer, 403, "forbidden", "");
        }

        foreach (var path in (string[])["/api/v1/status", "/api/v1/services/web", "/api/v1/services/web/journal", "/metrics"])
        {
            Refuse("GET", path, null, "", 401, "unauthorized", "WWW-Authenticate: Bearer");
            Refuse("GET", path, null, Wrong, 401, "unauthorized", "WWW-Authenticate: Bearer");
            foreach (var token in (string[])[Viewer, Operator])
                if (admin.Call("GET", path, @as: token).Status != 200) failures.Add($"{path} with {token}");
        }

        foreach (var path in (string[])["/healthz", "/readyz", "/"])
            if (admin.Call("GET", path, @as: "").Status != 200) failures.Add(path);
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.Equal(before, admin.WhatCanChange());
        Assert.Equal(file, File.ReadAllText(JournalOf(proxy)));
        proxy.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        Assert.Equal(0, proxy.WaitForExit());
        foreach (var secret in (string[])[Operator, Viewer, Wrong])
        {
            Assert.DoesNotContain(proxy.Log, line => line.Contains(secret, StringComparison.Ordinal));
            foreach (var written in Directory.GetFiles(Path.Combine(proxy.Folder, "state"))) Assert.DoesNotContain(secret, File.ReadAllText(written), StringComparison.Ordinal);
        }

        void Refuse(string method, string path, string? body, string token, int status, string error, string field)
        {
            var answer = admin.Call(method, path, body, token);
            if (answer.Status != status || answer.Error != error || answer.Detail.Length < 10 || !answer.Fields.Contains(field, StringComparison.Ordinal)) failures.Add($"{method} {path} with \"{token}\": {answer}");
            if (token.Length > 0 && (answer.Text + answer.Fields).Contains(token, StringComparison.Ordinal)) failures.Add($"{method} {path} repeats the token: {answer}");
        }
    }

    [Fact]
    public void A_call_that_is_wrong_is_refused_with_what_is_wrong_and_changes_nothing()
    {
        using var proxy = Start();
        using var admin = new AdminApi(_adminPort, Operator);
        var before = admin.WhatCanChange();
        var failures = new List<string>();
        Refuse("PUT", Weights, "{\"stable\":", 400, "bad_request", "JSON");
        Refuse("PUT", Weights, "[1,2]", 400, "bad_request", "object");
        Refuse("PUT", Weights, "{}", 400, "bad_request", "no version is named");
        Refuse("PUT", Weights, null, 400, "bad_request", "");
        Refuse("PUT", Weights, """{"canray":5}""", 400, "bad_request", "did you mean \"canary\"?");
        Refuse("PUT", Weights, """{"canary":-1}""", 400, "bad_request", "0 to 65535");
        Refuse("PUT", Weights, """{"canary":1.5}""", 400, "bad_request", "0 to 65535");
        Refuse("PUT", Weights, """{"canary":65536}""", 400, "bad_request", "0 to 65535");
        Refuse("PUT", Weights, """{"canary":"5"}""", 400, "bad_request", "0 to 65535");
        Refuse("PUT", Weights, """{"canary":1,"canary":2}""", 400, "bad_request", "twice");
        Refuse("PUT", Weights, """{"stable":0,"canary":0}""", 400, "bad_request", "all weights would be 0");
        Refuse("PUT", Weights, $$"""{"canary":{{new string('1', 70_000)}}}""", 413, "too_large", "65536 bytes");
        Refuse("PUT", "/api/v1/services/wep/weights", """{"canary":1}""", 404, "not_found", "did you mean \"web\"?");
        Refuse("POST", Weights, """{"canary":1}""", 405, "method_not_allowed", "PUT");
        Refuse("POST", "/api/v1/services/wep/rollout/start", null, 404, "not_found", "did you mean \"web\"?");
        Refuse("POST", Rollout + "strat", null, 404, "not_found", "did you mean \"start\"?");
        Refuse("GET", Rollout + "start", null, 405, "method_not_allowed", "POST");
        Refuse("POST", Rollout + "start", """{"full":true}""", 400, "bad_request", "full");
        Refuse("POST", Rollout + "promote", """{"full":1}""", 400, "bad_request", "full");
        Refuse("POST", Rollout + "promote", """{"fully":true}""", 400, "bad_request", "full");
        Refuse("POST", "/admin/weight?service=web", null, 400, "bad_request", "weight is missing");
        Refuse("POST", "/admin/weight?service=web&weight=101", null, 400, "bad_request", "0 to 100");
        Refuse("POST", "/admin/weight?service=web&weight=-1", null, 400, "bad_request", "0 to 100");
        Refuse("POST", "/admin/weight?service=web&weight=0.001", null, 400, "bad_request", "two decimals");
        Refuse("POST", "/admin/weight?service=wep&weight=20", null, 404, "not_found", "did you mean \"web\"?");
        Refuse("POST", "/admin/weight?servcie=web&weight=20", null, 400, "bad_request", "did you mean \"service\"?");
        Refuse("POST", "/admin/weight?weight=20&weight=30", null, 400, "bad_request", "weight");
        Refuse("GET", "/api/v1/services/wep", null, 404, "not_found", "did you mean \"web\"?");
        Refuse("GET", "/api/v1/services/web/journal?limit=0", null, 400, "bad_request", "1000");
        Refuse("GET", "/api/v1/services/web/journal?limit=1001", null, 400, "bad_request", "1000");
        Refuse("GET", "/api/v1/nothing", null, 404, "not_found", "");
        Refuse("DELETE", "/api/v1/services/web", null, 405, "method_not_allowed", "GET");
        Check(admin.Call("PUT", Weights, """{"canary":1}""", type: "text/plain"), 415, "unsupported_media_type", "application/json", "a form's type");
        Check(admin.Call("PUT", Weights, """{"canary":1}""", origin: "https://evil.example"), 403, "forbidden", "", "another site's page");
        Check(admin.Call("GET", "/api/v1/status", origin: "https://evil.example"), 403, "forbidden", "", "another site's page reads");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.Equal(before, admin.WhatCanChange());
        Assert.Equal("stable=1 canary=0", admin.Weights());

        void Refuse(string method, string path, string? body, int status, string error, string words) => Check(admin.Call(method, path, body), status, error, words, $"{method} {path} {body?[..Math.Min(60, body.Length)]}");

        void Check(AdminAnswer answer, int status, string error, string words, string what)
        {
            if (answer.Status != status || answer.Error != error || answer.Detail.Length == 0 || !answer.Detail.Contains(words, StringComparison.Ordinal)) failures.Add($"{what}: {answer}");
        }
    }

    [Fact]
    public void A_verb_that_the_phase_forbids_is_a_conflict_with_its_reason_and_changes_nothing()
    {
        using var proxy = Start();
        using var admin = new AdminApi(_adminPort, Operator);
        var failures = new List<string>();
        Forbids("Idle", "pause", "resume", "promote", "abort", "retry", "undo");
        admin.Do("start");
        Forbids("Progressing", "start", "resume", "retry", "undo");
        admin.Do("pause");
        Forbids("Paused", "start", "pause", "retry", "undo");
        admin.Do("resume");
        admin.Do("promote");
        // At the gate.
        Forbids("Paused", "start", "pause", "resume", "retry", "undo");
        admin.Do("abort");
        Forbids("Aborted", "start", "pause", "resume", "promote", "abort", "undo");
        admin.Do("retry");
        admin.Do("promote", """{"full":true}""");
        Forbids("Promoted", "start", "pause", "resume", "retry");
        admin.Do("undo");
        Forbids("Aborted", "start", "pause", "resume", "promote", "abort", "undo");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        // The abort is latched: neither way of setting weights gives the canary anything.
        Refused(admin.Call("PUT", Weights, """{"canary":1}"""), "weights");
        Refused(admin.Call("POST", "/admin/weight?weight=20"), "weight");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.Equal(0, Share(admin));

        void Forbids(string phase, params string[] verbs)
        {
            Assert.Equal(phase, admin.Phase());
            var before = admin.WhatCanChange();
            foreach (var verb in verbs) Refused(admin.Call("POST", Rollout + verb), $"{phase} {verb}");
            Assert.Equal(before, admin.WhatCanChange());
        }

        void Refused(AdminAnswer answer, string what)
        {
            if (answer.Status != 409 || answer.Error != "conflict" || answer.Detail.Length < 10) failures.Add($"{what}: {answer}");
        }
    }

    [Fact]
    public void A_change_is_in_force_when_its_answer_comes_and_in_the_journal_with_who_made_it()
    {
        using var proxy = Start();
        using var admin = new AdminApi(_adminPort, Operator);
        var put = admin.Call("PUT", Weights, """{"stable":3,"canary":1}""");
        Assert.Equal("""{"name":"web","versions":[{"name":"stable","weight":3},{"name":"canary","weight":1}]}""", put.Text.TrimEnd());
        using (var client = new RawClient(_port)) Assert.Equal(["canary", "stable", "stable", "stable"], Enumerable.Range(0, 4).Select(_ => client.Get().Text).Order(StringComparer.Ordinal));
        Assert.Equal(200, admin.Call("POST", "/admin/weight?weight=50").Status);
        using (var client = new RawClient(_port)) Assert.Equal(["canary", "stable"], Enumerable.Range(0, 2).Select(_ => client.Get().Text).Order(StringComparer.Ordinal));
        var entries = admin.Get("/api/v1/services/web/journal?limit=2").GetProperty("entries").EnumerateArray().Select(static entry => entry.GetProperty("body")).ToArray();
        Assert.All(entries, static body => Assert.Equal("admin: operator 127.0.0.1", body.GetProperty("actor").GetString()));
        Assert.All(entries, static body => Assert.Equal("weights", body.GetProperty("kind").GetString()));
        Assert.Equal(50, entries[0].GetProperty("to").GetProperty("canary").GetDouble() / (entries[0].GetProperty("to").GetProperty("canary").GetDouble() + entries[0].GetProperty("to").GetProperty("stable").GetDouble()) * 100);
    }

    [Fact]
    public void A_reload_of_a_wrong_file_is_422_with_each_error_and_changes_nothing()
    {
        using var proxy = Start();
        using var admin = new AdminApi(_adminPort, Operator);
        Assert.Equal(200, admin.Call("POST", "/api/v1/reload").Status);
        var before = admin.WhatCanChange();
        proxy.Replace(File.ReadAllText(proxy.ConfigPath).Replace("canary: canary", "canary: canray", StringComparison.Ordinal).Replace("weight: 1,", "weight: -1,", StringComparison.Ordinal));
        var answer = admin.Call("POST", "/api/v1/reload");
        Assert.Equal((422, "unprocessable"), (answer.Status, answer.Error));
        var errors = answer.Json.GetProperty("errors").EnumerateArray().Select(static error => error.GetString()!).ToArray();
        Assert.Contains(errors, static error => error.Contains("did you mean \"canary\"?", StringComparison.Ordinal));
        Assert.Contains(errors, static error => error.Contains("0 to 65535", StringComparison.Ordinal));
        Assert.All(errors, error => Assert.StartsWith(proxy.ConfigPath + ":", error, StringComparison.Ordinal));
        Assert.Equal(before, admin.WhatCanChange());
    }

    [Fact]
    public void With_admin_a_port_that_is_taken_ends_the_start_with_1_and_a_line()
    {
        using var holder = new TcpListener(IPAddress.Loopback, _adminPort);
        holder.Start();
        using var folder = new TempFolder();
        var ended = FastCanaryProcess.RunIn(folder.Path, "run", "-c", folder.Write("f.yaml", Configuration.Release(_port, _adminPort, _stable.Port, _canary.Port)));
        Assert.True(ended.Code == 1, ended.ToString());
        Assert.Contains(ended.Errors, line => line.Contains($"127.0.0.1:{_adminPort}", StringComparison.Ordinal) && line.Contains("in use", StringComparison.Ordinal));
        Assert.DoesNotContain(ended.Errors, static line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0.0.0.0:9901", "")]
    [InlineData("[::]:9901", "")]
    [InlineData("192.0.2.1:9901", ", tokens: { viewer: a-viewers-token-that-is-long }")]
    public void An_admin_address_beyond_the_loopback_without_an_operators_token_is_refused(string address, string tokens)
    {
        using var folder = new TempFolder();
        var path = folder.Write("f.yaml", Configuration.Single(_port, _stable.Port) + $"admin: {{ address: \"{address}\"{tokens} }}\n");
        foreach (var verb in (string[])["check", "run"])
        {
            var ended = FastCanaryProcess.RunIn(folder.Path, verb, "-c", path);
            Assert.True(ended.Code == 2, ended.ToString());
            Assert.Contains(ended.Errors, static line => line.Contains("tokens.operator", StringComparison.Ordinal));
            Assert.DoesNotContain(ended.Errors, static line => line.Contains("a-viewers-token", StringComparison.Ordinal));
        }
    }

    private static double Share(AdminApi admin) => admin.Service().GetProperty("versions").EnumerateArray().Last().GetProperty("intended").GetDouble();

    private static string JournalOf(FastCanaryProcess proxy) => Path.Combine(proxy.Folder, "state", "journal.jsonl");

    private FastCanaryProcess Start() =>
        FastCanaryProcess.Start(Configuration.Release(_port, _adminPort, _stable.Port, _canary.Port, tokens: $", tokens: {{ operator: {Operator}, viewer: {Viewer} }}"));
}
