namespace FastCanary.Control;

/// <summary><c>listeners[].timeouts</c>: how long clients may take.</summary>
public sealed class ListenerTimeoutsConfig
{
    /// <summary>From the first byte of a request head to its last.</summary>
    public TimeSpan RequestHead { get; internal set; } = TimeSpan.FromSeconds(10);

    /// <summary>Without progress of a request body.</summary>
    public TimeSpan RequestBody { get; internal set; } = TimeSpan.FromSeconds(30);

    /// <summary>Between requests of a connection.</summary>
    public TimeSpan Idle { get; internal set; } = TimeSpan.FromSeconds(75);
}
