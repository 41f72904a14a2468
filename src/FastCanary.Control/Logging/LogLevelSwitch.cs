using Microsoft.Extensions.Logging;

namespace FastCanary.Control;

/// <summary>The least severe level that the program's log writes; the configuration, and each reload of it, sets it. Any thread.</summary>
public sealed class LogLevelSwitch
{
    private volatile int _level = (int)LogLevel.Information;

    /// <summary>The least severe that is written.</summary>
    public LogLevel Level
    {
        get => (LogLevel)_level;
        set => _level = (int)value;
    }
}
