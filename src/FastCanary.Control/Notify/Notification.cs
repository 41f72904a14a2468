namespace FastCanary.Control;

/// <summary>Something that happened to a rollout, for people.</summary>
internal sealed record Notification
{
    /// <summary>What: one of them.</summary>
    public required NotificationEvents Event { get; init; }

    /// <summary>The service's name.</summary>
    public required string Service { get; init; }

    /// <summary>The canary's name.</summary>
    public required string Canary { get; init; }

    /// <summary>The baseline's name.</summary>
    public required string Baseline { get; init; }

    /// <summary>What happened and why, in plain words.</summary>
    public required string Text { get; init; }

    /// <summary>The decision as the admin API gives it: JSON in UTF-8. Empty: none.</summary>
    public ReadOnlyMemory<byte> DecisionJson { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The event's name as the configuration has it.</summary>
    public string EventName => Event switch
    {
        NotificationEvents.Started => "started",
        NotificationEvents.Advanced => "advanced",
        NotificationEvents.Paused => "paused",
        NotificationEvents.Resumed => "resumed",
        NotificationEvents.Held => "held",
        NotificationEvents.Promoted => "promoted",
        NotificationEvents.Completed => "completed",
        NotificationEvents.Aborted => "aborted",
        NotificationEvents.Undone => "undone",
        NotificationEvents.Retried => "retried",
        _ => "changed",
    };
}
