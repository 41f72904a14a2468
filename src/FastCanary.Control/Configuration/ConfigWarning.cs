namespace FastCanary.Control;

/// <summary>One thing in a configuration that does nothing, or other than it seems to. The configuration is taken all the same.</summary>
/// <inheritdoc/>
public sealed record ConfigWarning(string File, int Line, int Column, string Path, string Message) : ConfigFinding(File, Line, Column, Path, Message);
