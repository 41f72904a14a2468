using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace FastCanary.Control;

/// <summary>
/// What Alertmanager is sent (its API version 2, <c>POST /api/v2/alerts</c>): the alerts that a notification makes. Alerts are told apart by their labels alone, so the one
/// that ends an alert has the labels of the one that began it.
/// </summary>
/// <remarks>
/// An alert for an abort lasts until it is ended, or for an hour after it was last sent: it outlives a restart of FastCanary, and does not outlive its removal for long.
/// All others tell of a moment, and end by themselves.
/// Ending an alert that Alertmanager does not have does nothing, so one is ended whether or not this process began it.
/// </remarks>
internal static class AlertPayload
{
    /// <summary>How long Alertmanager keeps up an alert for an abort that is not sent again.</summary>
    public static TimeSpan AbortedLasts { get; } = TimeSpan.FromHours(1);

    /// <summary>How long the other alerts last.</summary>
    public static TimeSpan OthersLast { get; } = TimeSpan.FromMinutes(5);

    /// <param name="target">Who is told.</param>
    /// <param name="notification">What it wants to know (<see cref="NotificationTarget.Wants"/>).</param>
    /// <param name="now">When it is sent.</param>
    public static ReadOnlyMemory<byte> Write(NotificationTarget target, Notification notification, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        if (target.Resolves(notification.Event)) WriteAlert(json, notification, NotificationEvents.Aborted, "aborted", now, now);
        if ((target.On & notification.Event) != 0)
        {
            TimeSpan lasts = notification.Event == NotificationEvents.Aborted ? AbortedLasts : OthersLast;
            WriteAlert(json, notification, notification.Event, notification.EventName, notification.At, now + lasts);
        }

        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteAlert(Utf8JsonWriter json, Notification notification, NotificationEvents kind, string name, DateTimeOffset starts, DateTimeOffset ends)
    {
        json.WriteStartObject();
        json.WriteStartObject("labels"u8);
        json.WriteString("alertname"u8, "FastCanaryRollout" + char.ToUpperInvariant(name[0]) + name[1..]);
        json.WriteString("service"u8, notification.Service);
        json.WriteString("version"u8, notification.Canary);
        json.WriteString("severity"u8, Severity(kind));
        json.WriteEndObject();
        json.WriteStartObject("annotations"u8);
        json.WriteString("summary"u8, $"rollout of {notification.Service} {notification.EventName}: {notification.Canary} beside {notification.Baseline}");
        json.WriteString("description"u8, notification.Text);
        json.WriteEndObject();
        json.WriteString("startsAt"u8, Rfc3339(starts));
        json.WriteString("endsAt"u8, Rfc3339(ends));
        json.WriteEndObject();
    }

    private static string Severity(NotificationEvents kind) => kind switch
    {
        NotificationEvents.Aborted => "critical",
        NotificationEvents.Paused or NotificationEvents.Held => "warning",
        _ => "info",
    };

    private static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
