using System.Collections.Concurrent;
using System.Text.Json;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>Who is told of what a rollout of the running program decides.</summary>
public sealed class NotificationTests : IDisposable
{
    private readonly ScriptedOrigin _stable = ScriptedOrigin.Answering("stable");
    private readonly ScriptedOrigin _canary = ScriptedOrigin.Answering(static _ => "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
    private readonly int _port = Ports.Free();
    private readonly int _adminPort = Ports.Free();

    public void Dispose()
    {
        _stable.Dispose();
        _canary.Dispose();
    }

    [Fact]
    public void An_abort_raises_an_alert_and_tells_the_webhook_and_a_retry_ends_the_alert()
    {
        var told = new ConcurrentQueue<HttpMessage>();
        using var hook = ScriptedOrigin.Answering(request =>
        {
            told.Enqueue(request);
            return ScriptedOrigin.Response("");
        });
        using var alertmanager = new AlertmanagerProcess();
        using var proxy = Start($$"""[{ webhook: "http://127.0.0.1:{{hook.Port}}/hooks/secret-path", on: [started, aborted] }, { alertmanager: "{{alertmanager.Address}}" }]""");
        using var admin = new AdminApi(_adminPort);
        admin.Do("start");
        Assert.Empty(alertmanager.Alerts());
        Spoil();
        admin.WaitFor("Aborted");
        Eventually.Holds(() => told.Count == 2, "two notifications");
        var messages = told.ToArray();
        Assert.All(messages, static message => Assert.Equal("POST /hooks/secret-path HTTP/1.1", message.StartLine));
        Assert.All(messages, static message => Assert.StartsWith("application/json", message["Content-Type"], StringComparison.Ordinal));
        var bodies = messages.Select(static message => JsonDocument.Parse(message.Body).RootElement).ToArray();
        Assert.Equal(["started", "aborted"], bodies.Select(static body => body.GetProperty("event").GetString()));
        Assert.All(bodies, static body => Assert.Equal("web", body.GetProperty("service").GetString()));
        var decision = bodies[1].GetProperty("decision");
        Assert.Equal("Aborted", decision.GetProperty("phase").GetString());
        Assert.Equal("engine", decision.GetProperty("actor").GetString());
        Assert.Equal(0, decision.GetProperty("to").GetProperty("canary").GetDouble());
        var journalled = admin.Service().GetProperty("decisions")[0];
        Assert.Equal(journalled.GetProperty("id").GetInt64(), decision.GetProperty("id").GetInt64());
        Assert.Equal(journalled.GetProperty("reason").GetString(), decision.GetProperty("reason").GetString());
        Assert.Contains(journalled.GetProperty("reason").GetString()!, bodies[1].GetProperty("text").GetString(), StringComparison.Ordinal);

        Eventually.Holds(() => alertmanager.Alerts() is ["FastCanaryRolloutAborted critical web canary"], () => "the alert; there are: " + string.Join(", ", alertmanager.Alerts()));
        admin.Do("retry");
        Eventually.Holds(() => alertmanager.Alerts().Length == 0, "no alert is left");
        Assert.DoesNotContain(proxy.Log, static line => line.Contains("secret-path", StringComparison.Ordinal));
    }

    [Fact]
    public void A_webhook_that_is_away_delays_no_decision_and_is_told_in_the_log_without_its_path()
    {
        using var hook = ScriptedOrigin.Answering(static _ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        using var proxy = Start($$"""[{ webhook: "http://127.0.0.1:{{hook.Port}}/hooks/secret-path" }, { webhook: "http://127.0.0.1:{{Ports.Free()}}/hooks/secret-path" }]""");
        using var admin = new AdminApi(_adminPort);
        admin.Do("start");
        Spoil();
        admin.WaitFor("Aborted");
        proxy.WaitForLog($"http://127.0.0.1:{hook.Port}: aborted of service web was not delivered: status 404");
        Assert.DoesNotContain(proxy.Log, static line => line.Contains("secret-path", StringComparison.Ordinal));
    }

    [Fact]
    public void A_webhook_on_https_is_told_where_its_certificate_is_one_of_the_systems_and_else_learns_nothing()
    {
        using var trusted = new TlsOrigin();
        using var stranger = new TlsOrigin();
        using var folder = new TempFolder();
        var notify = $$"""[{ webhook: "https://127.0.0.1:{{trusted.Port}}/hooks/secret-path", on: [started] }, { webhook: "https://127.0.0.1:{{stranger.Port}}/hooks/secret-path", on: [started] }]""";
        using var proxy = Start(notify, ("SSL_CERT_FILE", folder.Write("authority.pem", trusted.AuthorityPem)));
        using var admin = new AdminApi(_adminPort);
        admin.Do("start");
        Eventually.Holds(() => !trusted.Requests.IsEmpty, "a notification");
        Assert.StartsWith("POST /hooks/secret-path HTTP/1.1\n", Assert.Single(trusted.Requests), StringComparison.Ordinal);
        Assert.Contains("\"event\":\"started\"", trusted.Requests.Single(), StringComparison.Ordinal);
        Eventually.Holds(() => stranger.Refused > 0, "a certificate that is refused");
        Assert.Empty(stranger.Requests);
        Assert.DoesNotContain(proxy.Log, static line => line.Contains("secret-path", StringComparison.Ordinal));
    }

    private void Spoil()
    {
        using var client = new RawClient(_port);
        for (var i = 0; i < 200; i++) client.Get();
    }

    private FastCanaryProcess Start(string notify, params IEnumerable<(string Name, string Value)> environment)
    {
        var rollout = $"steps: [{{ weight: 50%, hold: 1h }}, {{ weight: 100% }}], analysis: {{ minRequests: 1 }}, notify: {notify}";
        return FastCanaryProcess.Start(Configuration.Release(_port, _adminPort, _stable.Port, _canary.Port, rollout), environment);
    }
}
