using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary><c>log</c>: what the program writes about itself, and about requests.</summary>
public sealed class LogConfig
{
    /// <summary>The least severe that is written.</summary>
    public LogLevel Level { get; internal set; } = LogLevel.Information;

    /// <summary>The access log; null: there is none.</summary>
    public AccessLogConfig? Access { get; internal set; }
}
