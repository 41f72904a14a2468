namespace FastCanary.Control;

/// <summary><c>listeners[].limits</c>: how much clients may send.</summary>
public sealed class ListenerLimitsConfig
{
    internal const int RequestLineDefault = 16 * 1024;

    /// <summary>Request line and fields together, in bytes.</summary>
    public int RequestHeadBytes { get; internal set; } = 32 * 1024;

    /// <summary>The request line, in bytes; at most <see cref="RequestHeadBytes"/>.</summary>
    public int RequestLineBytes { get; internal set; } = RequestLineDefault;

    /// <summary>Field lines of a request.</summary>
    public int Headers { get; internal set; } = 100;

    /// <summary>Connections at a time; 0 means no limit.</summary>
    public int Connections { get; internal set; }
}
