using System.Buffers;
using System.Text.Json;

namespace FastCanary.Control;

/// <summary>What a webhook is sent: <c>text</c> is what Slack and those that are compatible with it show; the rest is for programs.</summary>
internal static class WebhookPayload
{
    /// <exception cref="JsonException">The notification's decision is not JSON.</exception>
    public static ReadOnlyMemory<byte> Write(Notification notification)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("text"u8, notification.Text);
        json.WriteString("event"u8, notification.EventName);
        json.WriteString("service"u8, notification.Service);
        json.WritePropertyName("decision"u8);
        if (notification.DecisionJson.IsEmpty) json.WriteNullValue();
        else json.WriteRawValue(notification.DecisionJson.Span);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
