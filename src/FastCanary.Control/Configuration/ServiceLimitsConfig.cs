namespace FastCanary.Control;

/// <summary><c>services.NAME.limits</c>: how much may pass.</summary>
public sealed class ServiceLimitsConfig
{
    /// <summary>A request body, in bytes; 0 means no limit.</summary>
    public long RequestBodyBytes { get; internal set; }

    /// <summary>A response head, in bytes.</summary>
    public int ResponseHeadBytes { get; internal set; } = 64 * 1024;
}
