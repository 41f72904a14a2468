namespace FastCanary.Control;

/// <summary>What happened to a rollout, or several such things.</summary>
[Flags]
internal enum NotificationEvents : ushort
{
    None = 0,
    Started = 1,
    Advanced = 1 << 1,
    Paused = 1 << 2,
    Resumed = 1 << 3,
    Held = 1 << 4,
    Promoted = 1 << 5,
    Completed = 1 << 6,
    Aborted = 1 << 7,
    Undone = 1 << 8,
    Retried = 1 << 9,
}
