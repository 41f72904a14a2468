namespace FastCanary.Control;

/// <summary>How many decisions of a kind were taken.</summary>
/// <param name="Kind">As in <see cref="DecisionReport.Kind"/>.</param>
/// <param name="Count">Since the start of the process.</param>
internal sealed record DecisionCount(string Kind, long Count);
