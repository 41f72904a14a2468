using Microsoft.Extensions.Logging;

namespace FastCanary.Control.Tests.Support;

/// <summary>A log whose lines a test reads.</summary>
internal sealed class KeptLog : ILogger
{
    private readonly List<string> _lines = [];

    /// <summary>Each with its number and level: <c>100 Warning endpoint …</c>.</summary>
    public string[] Lines
    {
        get
        {
            lock (_lines) return [.. _lines];
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines) _lines.Add($"{eventId.Id} {logLevel} {formatter(state, exception)}");
    }
}
