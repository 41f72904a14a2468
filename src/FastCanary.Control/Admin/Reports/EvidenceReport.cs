namespace FastCanary.Control;

/// <summary>What one guard has seen in this rollout.</summary>
/// <param name="Guard">Its name, as in <c>errors</c> or <c>latency p99</c>.</param>
/// <param name="Log10">The decimal logarithm of the evidence against the canary; null where the guard has none.</param>
/// <param name="AbortAt">Where it aborts; null where the guard is no such test.</param>
/// <param name="Requests">Requests that the guard looked at; null where it looks at none.</param>
/// <param name="Events">What it counts among them: failures, slow responses; null as before.</param>
/// <param name="Text">The same in plain words.</param>
internal sealed record EvidenceReport(string Guard, double? Log10, double? AbortAt, RoleCounts? Requests, RoleCounts? Events, string Text);
