using System.Collections.Concurrent;
using System.Text.Json;
using FastCanary.Control.Tests.Support;
using FastCanary.EndToEnd.Tests.Kit;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastCanary.Control.Tests.Notify;

/// <summary>A real Alertmanager, and what it passes on.</summary>
public sealed class RealAlertmanagerTests : IDisposable
{
    private readonly ConcurrentQueue<JsonElement> _passedOn = new();
    private readonly ScriptedOrigin _webhook;
    private readonly AlertmanagerProcess _alertmanager;

    public RealAlertmanagerTests()
    {
        _webhook = ScriptedOrigin.Answering(request =>
        {
            _passedOn.Enqueue(JsonDocument.Parse(request.Body).RootElement);
            return ScriptedOrigin.Response("");
        });
        _alertmanager = new AlertmanagerProcess(_webhook.Port);
    }

    public void Dispose()
    {
        _alertmanager.Dispose();
        _webhook.Dispose();
    }

    [Fact]
    public void An_abort_fires_and_a_retry_ends_it()
    {
        using var notifier = Notifier(TimeProvider.System);
        notifier.Send(Of(NotificationEvents.Aborted));
        PassesOn("firing FastCanaryRolloutAborted critical search canary: p99 is twice the baseline's");
        Eventually.Holds(() => _alertmanager.Alerts().Length == 1, "the alert");
        notifier.Send(Of(NotificationEvents.Retried));
        PassesOn("resolved FastCanaryRolloutAborted critical search canary: p99 is twice the baseline's");
        Eventually.Holds(() => _alertmanager.Alerts().Length == 0, "no alert is left");
    }

    [Fact]
    public void A_promotion_after_a_restart_ends_what_the_process_before_began()
    {
        using (var before = Notifier(TimeProvider.System)) before.Send(Of(NotificationEvents.Aborted));
        PassesOn("firing FastCanaryRolloutAborted critical search canary: p99 is twice the baseline's");
        using var after = Notifier(TimeProvider.System);
        after.Send(Of(NotificationEvents.Promoted));
        PassesOn("resolved FastCanaryRolloutAborted critical search canary: p99 is twice the baseline's");
        PassesOn("firing FastCanaryRolloutPromoted info search canary: p99 is twice the baseline's");
    }

    [Fact]
    public void Ending_an_alert_that_there_is_not_tells_nobody()
    {
        using var notifier = Notifier(TimeProvider.System);
        notifier.Send(Of(NotificationEvents.Started));
        notifier.Send(Of(NotificationEvents.Paused));
        PassesOn("firing FastCanaryRolloutPaused warning search canary: p99 is twice the baseline's");
        // Alertmanager may pass it on before its answer has come.
        Eventually.Holds(() => notifier.Counts()[0].Counts == new NotificationCounts(2, 0, 0), () => $"both are delivered, but {notifier.Counts()[0].Counts}");
        Assert.DoesNotContain(_passedOn, static sent => Describe(sent).Contains("Aborted", StringComparison.Ordinal));
    }

    [Fact]
    public void An_Alertmanager_that_has_forgotten_an_abort_is_told_again()
    {
        // Alertmanager has the real time: this clock begins with it.
        var clock = new ManualClock();
        clock.Advance(DateTimeOffset.UtcNow - clock.GetUtcNow());
        using var notifier = Notifier(clock);
        notifier.Send(Of(NotificationEvents.Aborted));
        Eventually.Holds(() => _alertmanager.Alerts().Length == 1, "the alert");
        // Its answer has come, too: nothing is under way at the restart.
        clock.WaitForTimer(NotificationWorker.AgainAfter);
        _alertmanager.Restart();
        Assert.Empty(_alertmanager.Alerts());
        clock.Advance(NotificationWorker.AgainAfter);
        Eventually.Holds(() => _alertmanager.Alerts().Length == 1, "the alert again");
    }

    private static Notification Of(NotificationEvents happened) => new()
    {
        Event = happened,
        Service = "search",
        Canary = "canary",
        Baseline = "stable",
        Text = "p99 is twice the baseline's",
        At = DateTimeOffset.UtcNow,
    };

    private Notifier Notifier(TimeProvider clock)
    {
        var notifier = new Notifier(NullLogger.Instance, clock, Eventually.Patience);
        notifier.Apply(
        [
            new NotificationTarget("search", NotifyTarget.Alertmanager, _alertmanager.Address, NotificationEvents.Aborted | NotificationEvents.Promoted | NotificationEvents.Paused),
        ]);
        return notifier;
    }

    private static string Describe(JsonElement group)
    {
        JsonElement alert = group.GetProperty("alerts")[0];
        JsonElement labels = alert.GetProperty("labels");
        string[] names = ["alertname", "severity", "service", "version"];
        return $"{alert.GetProperty("status").GetString()} {string.Join(' ', names.Select(name => labels.GetProperty(name).GetString()))}: {alert.GetProperty("annotations").GetProperty("description").GetString()}";
    }

    private void PassesOn(string alert) =>
        Eventually.Holds(() => _passedOn.Any(sent => Describe(sent) == alert), () => $"{alert}\nbut {string.Join('\n', _passedOn.Select(Describe))}");
}
