using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>Active health checks of the running program.</summary>
public sealed class HealthTests
{
    [Fact]
    public void An_endpoint_whose_check_fails_gets_no_request_until_it_is_well_again_and_the_status_shows_it()
    {
        var isWell = true;
        var checks = 0;
        using var steady = ScriptedOrigin.Answering("steady");
        using var failing = ScriptedOrigin.Answering(request =>
        {
            if (request.Target != "/health") return ScriptedOrigin.Response("failing");
            Interlocked.Increment(ref checks);
            return Volatile.Read(ref isWell) ? ScriptedOrigin.Response("") : "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
        });
        var (port, adminPort) = (Ports.Free(), Ports.Free());
        using var proxy = FastCanaryProcess.Start($$"""
            listeners: [ { address: "127.0.0.1:{{port}}", service: web } ]
            admin: { address: "127.0.0.1:{{adminPort}}" }
            services:
              web:
                health: { path: /health, interval: 1500ms, timeout: 1500ms, rise: 2, fall: 3, jitter: 0% }
                versions: { v1: { endpoints: ["127.0.0.1:{{steady.Port}}", "127.0.0.1:{{failing.Port}}"] } }
            """);
        using var admin = new AdminApi(adminPort);
        using var client = new RawClient(port);
        Assert.Equal(["failing", "steady"], Bodies(client));
        // The first check decides alone, whatever "fall" says; a second one comes when the first is through.
        Eventually.Holds(() => Volatile.Read(ref checks) >= 2, "a second check");
        Volatile.Write(ref isWell, value: false);
        var down = proxy.WaitForLog($"endpoint web/v1/127.0.0.1:{failing.Port}: down: status 500 (3 checks in a row)");
        Assert.Contains("warn", down, StringComparison.Ordinal);
        Assert.Equal(["steady"], Bodies(client));
        Assert.False(IsUp(admin, failing.Port));
        Assert.True(IsUp(admin, steady.Port));
        Assert.Equal(1, admin.Service().GetProperty("versions")[0].GetProperty("healthyEndpoints").GetInt32());
        Assert.Contains($$"""fastcanary_endpoint_up{service="web",version="v1",endpoint="127.0.0.1:{{failing.Port}}"} 0""", admin.Call("GET", "/metrics").Text, StringComparison.Ordinal);
        var status = FastCanaryProcess.Run("status", "--admin", admin.Address);
        Assert.Contains(status.Output, line => line.Contains($"127.0.0.1:{failing.Port}: its health check fails", StringComparison.Ordinal));
        Volatile.Write(ref isWell, value: true);
        proxy.WaitForLog($"endpoint web/v1/127.0.0.1:{failing.Port}: up: status 200 (2 checks in a row)");
        Assert.Equal(["failing", "steady"], Bodies(client));
        Assert.True(IsUp(admin, failing.Port));
    }

    [Fact]
    public void A_canary_that_is_down_is_diverted_to_the_baseline_and_taken_back()
    {
        using var stable = ScriptedOrigin.Answering("stable");
        using var canary = ScriptedOrigin.Answering(static request => request.Target == "/health" ? "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n" : ScriptedOrigin.Response("canary"));
        var (port, adminPort) = (Ports.Free(), Ports.Free());
        using var proxy = FastCanaryProcess.Start(Configuration.Release(
            port,
            adminPort,
            stable.Port,
            canary.Port,
            "steps: [{ weight: 50%, hold: 1h }, { weight: 100% }], analysis: { minRequests: 1 }",
            service: "health: { path: /health, interval: 5s, timeout: 5s }"));
        using var admin = new AdminApi(adminPort);
        proxy.WaitForLog($"endpoint web/canary/127.0.0.1:{canary.Port}: down: status 500");
        admin.Do("start");
        using (var client = new RawClient(port)) Assert.All(Enumerable.Range(0, 200).Select(_ => client.Get()), static answer => Assert.Equal("stable", answer.Text));
        admin.WaitFor("Aborted");
        Assert.Contains("errors", admin.Rollout().GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    private static string[] Bodies(RawClient client) => [.. Enumerable.Range(0, 20).Select(_ => client.Get().Text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static bool IsUp(AdminApi admin, int port) =>
        admin.Service().GetProperty("versions")[0].GetProperty("endpoints").EnumerateArray().Single(endpoint => endpoint.GetProperty("address").GetString() == $"127.0.0.1:{port}").GetProperty("up").GetBoolean();
}
