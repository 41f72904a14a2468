using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>
/// Tells one target, one notification after the other, in their order. What waits is bounded: the oldest makes way. A notification is tried several times, unless the target
/// says that it is wrong.
/// </summary>
internal sealed class NotificationWorker : IDisposable
{
    /// <summary>How many notifications wait.</summary>
    public const int WaitingMax = 256;

    /// <summary>How often one is tried.</summary>
    public const int AttemptsMax = 8;

    /// <summary>How long an attempt may take.</summary>
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How often an alert that is not over is sent again: Alertmanager keeps alerts in memory only.</summary>
    public static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(60);

    private readonly OutboundHttp _http;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly Func<double> _random;
    private readonly Uri _address;
    private readonly Channel<Notification> _waiting;
    private readonly CancellationTokenSource _stop = new();
    private NotificationTarget _target;
    private Notification? _lasting;
    private long _delivered;
    private long _failed;
    private long _dropped;
    private long _droppedTold;

    /// <param name="target">Who is told.</param>
    /// <param name="http">Asks.</param>
    /// <param name="log">Told of what does not reach the target.</param>
    /// <param name="clock">Measures time-outs and back-off.</param>
    /// <param name="random">Draws the back-off, from 0 to below 1.</param>
    public NotificationWorker(NotificationTarget target, OutboundHttp http, ILogger log, TimeProvider clock, Func<double> random)
    {
        _target = target;
        _http = http;
        _log = log;
        _clock = clock;
        _random = random;
        _address = target.Kind == NotifyTarget.Webhook ? target.Address : new Uri($"{target.Address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/api/v2/alerts");
        _waiting = Channel.CreateBounded<Notification>(
            new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
        Done = Task.Run(RunAsync);
    }

    /// <summary>Who is told. Another value differs in <see cref="NotificationTarget.On"/> alone.</summary>
    public NotificationTarget Target
    {
        get => Volatile.Read(ref _target);
        set => Volatile.Write(ref _target, value);
    }

    /// <summary>Ends when nothing waits any more after <see cref="Finish"/>, or soon after <see cref="Dispose"/>. It never fails.</summary>
    public Task Done { get; }

    public NotificationCounts Counts => new(Volatile.Read(ref _delivered), Volatile.Read(ref _failed), Volatile.Read(ref _dropped));

    /// <summary>Takes a notification in; neither blocks nor throws.</summary>
    public void Add(Notification notification) => _waiting.Writer.TryWrite(notification);

    /// <summary>Takes nothing more in, and ends when what waits has been told.</summary>
    public void Finish() => _waiting.Writer.TryComplete();

    /// <summary>Ends at once; what waits is lost. The source has neither timer nor handle, and what it ends still looks at it.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        _stop.Cancel();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await WaitAsync())
            {
                while (_waiting.Reader.TryRead(out Notification? notification)) await DeliverAsync(notification);
            }
        }
        catch (OperationCanceledException)
        {
            // It was stopped.
        }
    }

    private async Task<bool> WaitAsync()
    {
        Task<bool> more = _waiting.Reader.WaitToReadAsync(_stop.Token).AsTask();
        while (_lasting is { } lasting && !more.IsCompleted)
        {
            using var wake = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            if (await Task.WhenAny(more, Task.Delay(AgainAfter, _clock, wake.Token)) == more)
                await wake.CancelAsync();
            else if ((Target.On & NotificationEvents.Aborted) != 0)
                await AttemptAsync(lasting);
            else
                _lasting = null;
        }

        return await more;
    }

    private async Task DeliverAsync(Notification notification)
    {
        NotificationTarget target = Target;
        if (!target.Wants(notification.Event)) return;
        TellDropped(target);
        if (target.Kind == NotifyTarget.Alertmanager)
        {
            if (notification.Event == NotificationEvents.Aborted) _lasting = notification;
            else if (target.Resolves(notification.Event)) _lasting = null;
        }

        for (int attempt = 1; ; attempt++)
        {
            (string problem, bool again, TimeSpan? after) = await AttemptAsync(notification);
            if (problem.Length == 0)
            {
                Interlocked.Increment(ref _delivered);
                return;
            }

            if (!again || attempt == AttemptsMax)
            {
                OutboundLog.NotificationFailed(_log, target.Name, notification.EventName, notification.Service, problem, attempt);
                Interlocked.Increment(ref _failed);
                return;
            }

            await Task.Delay(Backoff(attempt, after), _clock, _stop.Token);
        }
    }

    // "Full jitter": anything from nothing to the exponential bound, so that many who failed together do not come back together.
    // Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    private TimeSpan Backoff(int attempt, TimeSpan? asked)
    {
        TimeSpan bound = FirstBackoff * Math.Pow(2, attempt - 1);
        if (bound > BackoffMax) bound = BackoffMax;
        TimeSpan wait = bound * _random();
        if (asked > wait) wait = asked.Value;
        return wait < BackoffMax ? wait : BackoffMax;
    }

    private async Task<(string Problem, bool Again, TimeSpan? After)> AttemptAsync(Notification notification)
    {
        NotificationTarget target = Target;
        ReadOnlyMemory<byte> payload;
        try
        {
            payload = target.Kind == NotifyTarget.Webhook ? WebhookPayload.Write(notification) : AlertPayload.Write(target, notification, _clock.GetUtcNow());
        }
        catch (Exception bug) when (bug is System.Text.Json.JsonException or ArgumentException or InvalidOperationException)
        {
            return ($"it cannot be written as JSON: {bug.Message}", false, null);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ReadOnlyMemoryContent(payload) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        HttpAnswer answer = await _http.SendAsync(request, bodyBytesMax: 0, AttemptTimeout, _stop.Token);
        if (answer.IsSuccess) return ("", false, null);
        if (answer.Problem.Length > 0) return (answer.Problem, true, null);
        // A redirect is not followed, and a request that is wrong stays so.
        bool again = answer.Status is 408 or 429 or >= 500;
        return ($"status {answer.Status}", again, answer.RetryAfter);
    }

    private void TellDropped(NotificationTarget target)
    {
        long dropped = Volatile.Read(ref _dropped);
        if (dropped == _droppedTold) return;
        OutboundLog.NotificationsDropped(_log, target.Name, dropped - _droppedTold, target.Service);
        _droppedTold = dropped;
    }
}
