namespace FastCanary.Control;

/// <summary>How a target is spoken to.</summary>
internal enum NotificationTargetKind : byte
{
    /// <summary>A POST of JSON whose <c>text</c> chat services show.</summary>
    Webhook,

    /// <summary>Alertmanager's API, version 2.</summary>
    Alertmanager,
}
