namespace FastCanary.Control;

/// <summary>What came of a reload.</summary>
/// <param name="Applied">The configuration is in force; else nothing has changed.</param>
/// <param name="Services">How many services it has; 0 where it was not applied.</param>
/// <param name="Warnings">Each as <c>file:line:column: path: message</c>.</param>
/// <param name="Errors">As the warnings; at least one where it was not applied.</param>
internal sealed record ReloadReport(bool Applied, int Services, IReadOnlyList<string> Warnings, IReadOnlyList<string> Errors);
