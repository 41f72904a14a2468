namespace FastCanary.Control;

/// <summary>What a rollout's next step waits for.</summary>
/// <param name="Ready">Nothing: the next look advances.</param>
/// <param name="Log10">The decimal logarithm of the evidence that the canary is good enough; null where that is not judged.</param>
/// <param name="AdvanceAt">From where on it is enough; null as before.</param>
/// <param name="MissingRequests">How many requests the canary's evidence lacks; null where that is not known.</param>
/// <param name="EtaSeconds">When it will be ready, if all goes on as in the last minute; null where that is not known.</param>
/// <param name="WaitsFor">Each condition that is not met, in plain words.</param>
internal sealed record AdvanceReport(bool Ready, double? Log10, double? AdvanceAt, long? MissingRequests, double? EtaSeconds, IReadOnlyList<string> WaitsFor);
