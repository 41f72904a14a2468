using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary><c>log</c>.</summary>
internal static class LogSection
{
    public static readonly Section<LogConfig> Keys = new(
        "log",
        new("level", (reader, node, config) => config.Level = reader.Choice(
            node,
            ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error)) ?? config.Level),
        new("access", (reader, node, config) => AccessLogSection.Keys.Read(reader, node, config.Access = new AccessLogConfig())));
}
