namespace FastCanary.Control;

/// <summary>One thing that is wrong with a configuration, and what would be right. The configuration is refused.</summary>
/// <inheritdoc/>
public sealed record ConfigError(string File, int Line, int Column, string Path, string Message) : ConfigFinding(File, Line, Column, Path, Message);
