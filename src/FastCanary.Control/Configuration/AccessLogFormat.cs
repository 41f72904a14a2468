namespace FastCanary.Control;

/// <summary><c>log.access.format</c>: how a line looks.</summary>
public enum AccessLogFormat : byte
{
    /// <summary>A JSON object.</summary>
    Json,

    /// <summary>The combined log format of Apache's httpd and nginx.</summary>
    Combined,
}
