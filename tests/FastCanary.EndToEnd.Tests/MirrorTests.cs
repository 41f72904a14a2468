using System.Collections.Concurrent;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>Requests that are also sent to a version nobody waits for.</summary>
public sealed class MirrorTests
{
    [Fact]
    public void The_mirrored_version_gets_its_share_marked_and_users_see_nothing_of_it()
    {
        var seen = new ConcurrentQueue<string>();
        using var stable = ScriptedOrigin.Answering(static request => ScriptedOrigin.Response(request["X-Canary-Mirrored"] ?? "stable"));
        using var canary = ScriptedOrigin.Answering(request =>
        {
            seen.Enqueue($"{request.Target} {request["X-Canary-Mirrored"]} {request.Text}");
            return "HTTP/1.1 500 No\r\nContent-Length: 6\r\n\r\ncanary";
        });
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Yaml(port, stable, canary, "mirror: { version: canary, percent: 25%, body: 1KiB }"));
        using var client = new RawClient(port);
        for (var i = 0; i < 40; i++)
        {
            client.Send($"POST /{i} HTTP/1.1\r\nHost: e2e.test\r\nContent-Length: 4\r\n\r\nbody");
            var answer = client.Read();
            Assert.Equal((200, "stable"), (answer.Status, answer.Text));
        }

        Assert.True(Eventually.Within(Eventually.Patience, () => seen.Count == 10), $"{seen.Count} of 10 copies");
        Assert.All(seen, static copy => Assert.Matches(@"^/\d+ 1 body$", copy));
    }

    [Fact]
    public void What_differs_is_told_by_the_log_and_noise_is_told_from_change()
    {
        var turn = 0;
        using var stable = ScriptedOrigin.Answering(request => Json(request.Target == "/noise" ? $$"""{ "n": {{Interlocked.Increment(ref turn)}} }""" : """{ "a": 1, "time": 1 }"""));
        using var canary = ScriptedOrigin.Answering(static request => Json(request.Target switch
        {
            "/noise" => """{ "n": 0 }""",
            "/change?secret=1" => """{ "a": 2, "time": 2 }""",
            _ => """{"time":3,"a":1.0}""",
        }));
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Yaml(port, stable, canary, "mirror: { version: canary, compare: { ignore: [$.time] } }"));
        using var client = new RawClient(port);
        foreach (var target in (string[])["/same", "/noise", "/same", "/change?secret=1"]) Assert.Equal(200, client.Get(target).Status);
        var line = proxy.WaitForLog("mirror web/canary: 1 answers differ");
        Assert.Contains("GET /change", line, StringComparison.Ordinal);
        Assert.Contains("$.a", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dead_mirrored_version_changes_nothing_for_users()
    {
        using var stable = ScriptedOrigin.Answering("stable");
        using var dead = ScriptedOrigin.Answering("dead");
        dead.Dispose();
        var port = Ports.Free();
        using var proxy = FastCanaryProcess.Start(Yaml(port, stable, dead, "mirror: { version: canary, compare: true }"));
        using var client = new RawClient(port);
        for (var i = 0; i < 50; i++) Assert.Equal("stable", client.Get().Text);
    }

    private static string Json(string body) => $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static string Yaml(int port, ScriptedOrigin stable, ScriptedOrigin canary, string mirror) => $$"""
        listeners: [{ address: "127.0.0.1:{{port}}", service: web }]
        services:
          web:
            versions:
              stable: { weight: 1, endpoints: ["127.0.0.1:{{stable.Port}}"] }
              canary: { weight: 0, endpoints: ["127.0.0.1:{{canary.Port}}"] }
            {{mirror}}

        """;
}
