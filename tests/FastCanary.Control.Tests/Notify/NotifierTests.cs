using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using FastCanary.Control.Tests.Support;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests.Notify;

/// <summary>Who is told what, how often it is tried, and what a decision notices of it: nothing.</summary>
public sealed class NotifierTests : IDisposable
{
    private const NotificationEvents Usual = NotificationEvents.Aborted | NotificationEvents.Promoted | NotificationEvents.Paused;

    private readonly ManualClock _clock = new();
    private readonly KeptLog _log = new();
    private readonly ConcurrentQueue<HttpMessage> _requests = new();
    private readonly ConcurrentQueue<string> _answers = new();
    private readonly ScriptedOrigin _origin;
    private Notifier _notifier;

    public NotifierTests()
    {
        _origin = ScriptedOrigin.Answering(request =>
        {
            _requests.Enqueue(request);
            return _answers.TryDequeue(out string? answer) ? $"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n" : ScriptedOrigin.Response("ok");
        });
        _notifier = Make(TimeSpan.Zero);
    }

    public void Dispose()
    {
        _notifier.Dispose();
        _origin.Dispose();
    }

    [Fact]
    public void A_webhook_is_posted_what_people_and_programs_read()
    {
        Begin(Webhook());
        _notifier.Send(Of(NotificationEvents.Aborted) with { DecisionJson = """{"id":7}"""u8.ToArray() });
        HttpMessage request = Requests(1)[0];
        Assert.Equal("POST /hooks/s3cret?key=s3cret HTTP/1.1", request.StartLine);
        Assert.Equal("application/json", request["Content-Type"]);
        Assert.Equal("""{"text":"\u0022canary\u0022 fails","event":"aborted","service":"search","decision":{"id":7}}""", Encoding.UTF8.GetString(request.Body));
        Settled(new NotificationCounts(1, 0, 0));
    }

    [Fact]
    public void A_notification_without_a_decision_says_so()
    {
        Begin(Webhook());
        _notifier.Send(Of(NotificationEvents.Paused));
        Assert.Equal(JsonValueKind.Null, Json(Requests(1)[0]).GetProperty("decision").ValueKind);
    }

    [Fact]
    public void Targets_are_told_only_of_what_they_want_to_know_of_their_service()
    {
        Begin(Webhook());
        _notifier.Send(Of(NotificationEvents.Advanced));
        _notifier.Send(Of(NotificationEvents.Aborted) with { Service = "other" });
        _notifier.Send(Of(NotificationEvents.Promoted));
        Settled(new NotificationCounts(1, 0, 0));
        Assert.Equal("promoted", Json(Assert.Single(_requests)).GetProperty("event").GetString());
    }

    [Fact]
    public void What_fails_is_tried_again_after_longer_and_longer_times()
    {
        Begin(Webhook());
        foreach (string answer in new[] { "500 X", "408 X", "429 X", "503 X", "502 X", "500 X", "500 X" }) _answers.Enqueue(answer);
        _notifier.Send(Of(NotificationEvents.Aborted));
        // Half of 1 s, 2 s, 4 s and so on, up to 60 s: so much is drawn here.
        foreach (double seconds in new[] { 0.5, 1, 2, 4, 8, 16, 30 })
        {
            TimeSpan wait = TimeSpan.FromSeconds(seconds);
            _clock.WaitForTimer(wait);
            _clock.Advance(wait);
        }

        Requests(8);
        Settled(new NotificationCounts(1, 0, 0));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void After_eight_attempts_it_is_given_up_and_the_next_one_is_told()
    {
        Begin(Webhook());
        for (int i = 0; i < 8; i++) _answers.Enqueue("500 X");
        _notifier.Send(Of(NotificationEvents.Aborted));
        _notifier.Send(Of(NotificationEvents.Promoted));
        for (int i = 0; i < 7; i++)
        {
            Requests(i + 1);
            Eventually.Holds(() => _clock.Due() is [var due] && due < NotificationWorker.AttemptTimeout + TimeSpan.FromSeconds(21) && due != NotificationWorker.AttemptTimeout, "it waits");
            _clock.Advance(_clock.Due()[0]);
        }

        Settled(new NotificationCounts(1, 1, 0));
        Assert.Equal("promoted", Json(Requests(9)[8]).GetProperty("event").GetString());
        Assert.Equal($"110 Error webhook http://127.0.0.1:{_origin.Port}: aborted of service search was not delivered: status 500; given up after 8 attempts", Assert.Single(_log.Lines));
    }

    [Theory]
    [InlineData("400 X")]
    [InlineData("404 X")]
    [InlineData("410 X")]
    [InlineData("302 X\r\nLocation: /elsewhere")]
    public void What_the_target_says_is_wrong_is_not_tried_again(string answer)
    {
        Begin(Webhook());
        _answers.Enqueue(answer);
        _notifier.Send(Of(NotificationEvents.Aborted));
        Settled(new NotificationCounts(0, 1, 0));
        Assert.Single(_requests);
        Assert.Contains($"status {answer[..3]}; given up after 1 attempts", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("3600", 60)]
    [InlineData("Sun, 22 Nov 2026 07:00:09 GMT", 9)]
    [InlineData("0", 0.5)]
    [InlineData("Sun, 22 Nov 2026 06:00:00 GMT", 0.5)]
    public void A_target_that_asks_for_time_gets_it_up_to_a_minute(string asked, double seconds)
    {
        Begin(Webhook());
        _answers.Enqueue($"429 X\r\nRetry-After: {asked}");
        _notifier.Send(Of(NotificationEvents.Aborted));
        _clock.WaitForTimer(TimeSpan.FromSeconds(seconds));
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        Settled(new NotificationCounts(1, 0, 0));
    }

    [Fact]
    public void An_attempt_takes_ten_seconds_at_the_most()
    {
        int connections = 0;
        using var silent = new ScriptedOrigin(connection =>
        {
            connection.Read();
            if (Interlocked.Increment(ref connections) == 1) connection.WaitForEnd();
            else connection.Send(ScriptedOrigin.Response(""));
        });
        Begin(Webhook(silent.Port));
        _notifier.Send(Of(NotificationEvents.Aborted));
        _clock.WaitForTimer(TimeSpan.FromSeconds(10));
        Eventually.Holds(() => Volatile.Read(ref connections) == 1, "an attempt");
        _clock.Advance(TimeSpan.FromSeconds(10));
        _clock.WaitForTimer(TimeSpan.FromMilliseconds(500));
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Settled(new NotificationCounts(1, 0, 0));
    }

    [Fact]
    public void Nothing_of_a_webhooks_path_reaches_the_log()
    {
        using var closed = new ClosedPort();
        Begin(Webhook() with { Address = new Uri($"http://us3cret:ps3cret@127.0.0.1:{closed.Port}/hooks/s3cret?key=s3cret#s3cret") });
        _notifier.Send(Of(NotificationEvents.Aborted));
        for (int i = 0; i < 7; i++)
        {
            Eventually.Holds(() => _clock.Due() is [var due] && due != NotificationWorker.AttemptTimeout, "it waits");
            _clock.Advance(_clock.Due()[0]);
        }

        Settled(new NotificationCounts(0, 1, 0));
        string line = Assert.Single(_log.Lines);
        Assert.Contains("connection refused", line, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_too_many_wait_the_oldest_makes_way()
    {
        using var release = new ManualResetEventSlim();
        using var origin = ScriptedOrigin.Answering(request =>
        {
            _requests.Enqueue(request);
            release.Wait(Eventually.Patience);
            return ScriptedOrigin.Response("");
        });
        Begin(Webhook(origin.Port));
        _notifier.Send(Of(NotificationEvents.Aborted) with { Text = "first" });
        Requests(1);
        for (int i = 0; i < 300; i++) _notifier.Send(Of(NotificationEvents.Aborted) with { Text = $"{i}" });
        release.Set();
        Settled(new NotificationCounts(257, 0, 44));
        Assert.Equal(["first", .. Enumerable.Range(44, 256).Select(static i => $"{i}")], _requests.Select(static request => Json(request).GetProperty("text").GetString()));
        Assert.Equal($"111 Error webhook http://127.0.0.1:{origin.Port}: 44 notifications of service search were dropped: too many were waiting", Assert.Single(_log.Lines));
    }

    [Fact]
    public void A_decision_that_is_not_JSON_is_given_up_and_stops_nothing()
    {
        Begin(Webhook());
        _notifier.Send(Of(NotificationEvents.Aborted) with { DecisionJson = "{"u8.ToArray() });
        _notifier.Send(Of(NotificationEvents.Promoted));
        Settled(new NotificationCounts(1, 1, 0));
    }

    [Fact]
    public void A_target_that_hangs_holds_up_no_other()
    {
        using var silent = new ScriptedOrigin(static connection => connection.WaitForEnd());
        Begin(Webhook(silent.Port), Webhook());
        for (int i = 0; i < 10; i++) _notifier.Send(Of(NotificationEvents.Aborted));
        Requests(10);
    }

    [Fact]
    public void A_reload_keeps_what_waits_for_a_target_that_stays_and_forgets_one_that_is_gone()
    {
        _answers.Enqueue("500 X");
        using var closed = new ClosedPort();
        NotificationTarget gone = Webhook() with { Address = new Uri($"http://127.0.0.1:{closed.Port}/gone") };
        Begin(Webhook(), gone);
        _notifier.Send(Of(NotificationEvents.Aborted));
        Eventually.Holds(() => _clock.Due().Count(static due => due == TimeSpan.FromMilliseconds(500)) == 2, "both wait");
        Begin(Webhook() with { On = NotificationEvents.Aborted | NotificationEvents.Held });
        Eventually.Holds(() => _clock.Due() is [_], "one waits");
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Settled(new NotificationCounts(1, 0, 0));
        _notifier.Send(Of(NotificationEvents.Held));
        Settled(new NotificationCounts(2, 0, 0));
    }

    [Fact]
    public void The_end_waits_for_what_is_not_delivered_yet()
    {
        _notifier.Dispose();
        _notifier = Make(TimeSpan.FromMinutes(1));
        Begin(Webhook());
        for (int i = 0; i < 100; i++) _notifier.Send(Of(NotificationEvents.Aborted));
        _notifier.Dispose();
        Assert.Equal(100, _requests.Count);
        _notifier.Send(Of(NotificationEvents.Aborted));
        Assert.Equal(100, _requests.Count);
    }

    [Fact]
    public async Task The_end_waits_no_longer_than_it_may()
    {
        using var silent = new ScriptedOrigin(static connection => connection.WaitForEnd());
        _notifier.Dispose();
        _notifier = Make(TimeSpan.FromSeconds(3));
        Begin(Webhook(silent.Port));
        _notifier.Send(Of(NotificationEvents.Aborted));
        Eventually.Holds(() => silent.Accepted == 1, "an attempt");
        Task end = Task.Run(_notifier.Dispose);
        _clock.WaitForTimer(TimeSpan.FromSeconds(3));
        _clock.Advance(TimeSpan.FromMilliseconds(2999));
        Assert.False(end.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await end.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public void An_abort_is_an_alert_that_lasts()
    {
        Begin(Alertmanager());
        _notifier.Send(Of(NotificationEvents.Aborted));
        HttpMessage request = Requests(1)[0];
        Assert.Equal("POST /am/api/v2/alerts HTTP/1.1", request.StartLine);
        Assert.Equal(
            """[{"labels":{"alertname":"FastCanaryRolloutAborted","service":"search","version":"canary","severity":"critical"},"annotations":{"summary":"rollout of search aborted: canary beside stable","description":"\u0022canary\u0022 fails"},"startsAt":"2026-11-22T06:59:00.000Z","endsAt":"2026-11-22T08:00:00.000Z"}]""",
            Encoding.UTF8.GetString(request.Body));
    }

    [Theory]
    [InlineData(NotificationEvents.Paused, "FastCanaryRolloutPaused", "warning")]
    [InlineData(NotificationEvents.Held, "FastCanaryRolloutHeld", "warning")]
    [InlineData(NotificationEvents.Advanced, "FastCanaryRolloutAdvanced", "info")]
    public void Other_events_are_alerts_of_five_minutes(object happened, string name, string severity)
    {
        Begin(Alertmanager() with { On = (NotificationEvents)happened });
        _notifier.Send(Of((NotificationEvents)happened));
        JsonElement alert = Json(Requests(1)[0])[0];
        Assert.Equal((name, severity), (Label(alert, "alertname"), Label(alert, "severity")));
        Assert.Equal("2026-11-22T07:05:00.000Z", alert.GetProperty("endsAt").GetString());
    }

    [Theory]
    [InlineData(NotificationEvents.Promoted)]
    [InlineData(NotificationEvents.Retried)]
    [InlineData(NotificationEvents.Started)]
    public void An_alert_for_an_abort_ends_when_the_rollout_goes_on(object happened)
    {
        Begin(Alertmanager() with { On = NotificationEvents.Aborted });
        _notifier.Send(Of(NotificationEvents.Aborted));
        _clock.WaitForTimer(NotificationWorker.AgainAfter);
        _clock.Advance(TimeSpan.FromSeconds(30));
        _notifier.Send(Of((NotificationEvents)happened));
        JsonElement alerts = Json(Requests(2)[1]);
        Assert.Equal(1, alerts.GetArrayLength());
        Assert.Equal("FastCanaryRolloutAborted critical", Label(alerts[0], "alertname") + " " + Label(alerts[0], "severity"));
        Assert.Equal("2026-11-22T07:00:30.000Z", alerts[0].GetProperty("endsAt").GetString());
        Settled(new NotificationCounts(2, 0, 0));
        Eventually.Holds(() => _clock.Due().Length == 0, "it is not sent again");
    }

    [Fact]
    public void An_alert_for_an_abort_is_sent_again_every_minute()
    {
        Begin(Alertmanager());
        _notifier.Send(Of(NotificationEvents.Aborted));
        for (int minute = 1; minute <= 3; minute++)
        {
            _clock.WaitForTimer(NotificationWorker.AgainAfter);
            Assert.Equal(minute, _requests.Count);
            _clock.Advance(NotificationWorker.AgainAfter);
            JsonElement alert = Json(Requests(minute + 1)[minute])[0];
            Assert.Equal($"2026-11-22T06:59:00.000Z 2026-11-22T08:0{minute}:00.000Z", alert.GetProperty("startsAt").GetString() + " " + alert.GetProperty("endsAt").GetString());
        }

        Assert.Equal(1, _notifier.Counts()[0].Counts.Delivered);
    }

    [Fact]
    public void An_Alertmanager_that_does_not_want_aborts_is_not_told_that_they_are_over()
    {
        Begin(Alertmanager() with { On = NotificationEvents.Promoted });
        _notifier.Send(Of(NotificationEvents.Retried));
        _notifier.Send(Of(NotificationEvents.Promoted));
        Settled(new NotificationCounts(1, 0, 0));
        Assert.Equal("FastCanaryRolloutPromoted", Label(Assert.Single(Json(Assert.Single(_requests)).EnumerateArray()), "alertname"));
    }

    private static Notification Of(NotificationEvents happened) => new()
    {
        Event = happened,
        Service = "search",
        Canary = "canary",
        Baseline = "stable",
        Text = "\"canary\" fails",
        At = new DateTimeOffset(2026, 11, 22, 6, 59, 0, TimeSpan.Zero),
    };

    private static JsonElement Json(HttpMessage request) => JsonDocument.Parse(request.Body).RootElement;

    private static string? Label(JsonElement alert, string name) => alert.GetProperty("labels").GetProperty(name).GetString();

    private Notifier Make(TimeSpan drain) => new(_log, _clock, drain, static () => 0.5);

    private NotificationTarget Webhook(int? port = null) => new("search", NotifyTarget.Webhook, new Uri($"http://127.0.0.1:{port ?? _origin.Port}/hooks/s3cret?key=s3cret"), Usual);

    private NotificationTarget Alertmanager() => new("search", NotifyTarget.Alertmanager, new Uri($"http://127.0.0.1:{_origin.Port}/am/"), Usual);

    private void Begin(params NotificationTarget[] targets) => _notifier.Apply(targets);

    private HttpMessage[] Requests(int count)
    {
        Eventually.Holds(() => _requests.Count >= count, () => $"{count} requests; there are {_requests.Count}");
        return [.. _requests];
    }

    private void Settled(NotificationCounts counts) => Eventually.Holds(() => _notifier.Counts()[0].Counts == counts, () => $"{counts}, but {_notifier.Counts()[0].Counts}");
}
