namespace FastCanary.Control;

/// <summary>A configuration, or why there is none.</summary>
public sealed class ConfigResult
{
    internal ConfigResult(FastCanaryConfig? config, IReadOnlyList<ConfigError> errors, IReadOnlyList<ConfigWarning> warnings)
    {
        Config = config;
        Errors = errors;
        Warnings = warnings;
    }

    /// <summary>Null exactly if there are errors.</summary>
    public FastCanaryConfig? Config { get; }

    /// <summary>Every error, in the order of the file.</summary>
    public IReadOnlyList<ConfigError> Errors { get; }

    /// <summary>Every warning, in the order of the file, whether there are errors or not.</summary>
    public IReadOnlyList<ConfigWarning> Warnings { get; }
}
