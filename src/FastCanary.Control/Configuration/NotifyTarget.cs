namespace FastCanary.Control;

/// <summary>How somebody is told of a decision.</summary>
public enum NotifyTarget : byte
{
    /// <summary>The decision is posted as JSON.</summary>
    Webhook,

    /// <summary>An alert is posted to Prometheus' Alertmanager.</summary>
    Alertmanager,
}
