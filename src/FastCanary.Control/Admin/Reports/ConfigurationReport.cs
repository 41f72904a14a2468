namespace FastCanary.Control;

/// <summary>Where the configuration comes from, and how often it was read again.</summary>
/// <param name="File">The file, as the user named it.</param>
/// <param name="ReloadsSucceeded">Since the start of the process.</param>
/// <param name="ReloadsFailed">Since the start of the process; each changed nothing.</param>
internal sealed record ConfigurationReport(string File, long ReloadsSucceeded, long ReloadsFailed);
