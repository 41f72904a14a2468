namespace FastCanary.Control;

/// <summary>A guard's evidence against the canary.</summary>
/// <param name="Guard">Its name.</param>
/// <param name="Log10">The decimal logarithm.</param>
internal sealed record GuardEvidence(string Guard, double Log10);
