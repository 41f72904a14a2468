namespace FastCanary.Control;

/// <summary>A configuration, or why there is none.</summary>
public sealed class ConfigResult
{
    internal ConfigResult(FastCanaryConfig? config, IReadOnlyList<ConfigError> errors)
    {
        Config = config;
        Errors = errors;
    }

    /// <summary>Null exactly if there are errors.</summary>
    public FastCanaryConfig? Config { get; }

    /// <summary>Every error, in the order of the file.</summary>
    public IReadOnlyList<ConfigError> Errors { get; }
}
