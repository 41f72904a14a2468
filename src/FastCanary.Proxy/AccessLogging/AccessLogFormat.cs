namespace FastCanary.Proxy;

/// <summary>How a line of the access log is written.</summary>
public enum AccessLogFormat : byte
{
    /// <summary>One JSON object a line.</summary>
    Json,

    /// <summary>The combined log format of Apache and nginx.</summary>
    Combined,
}
