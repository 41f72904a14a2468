namespace FastCanary.Control;

/// <summary><c>services.NAME.queue</c>: how requests wait for an endpoint that has its most connections.</summary>
public sealed class QueueConfig
{
    /// <summary>How many wait for one version at a time; 0: nobody waits.</summary>
    public int Size { get; internal set; } = 1024;

    /// <summary>How long one waits.</summary>
    public TimeSpan Timeout { get; internal set; } = TimeSpan.FromSeconds(1);
}
