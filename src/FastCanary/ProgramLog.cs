using FastCanary.Control;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace FastCanary;

/// <summary>The program's log: one line an event, to standard error.</summary>
internal static class ProgramLog
{
    public static ILoggerFactory Create(LogLevelSwitch level) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter(candidate => candidate >= level.Level);
        logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
