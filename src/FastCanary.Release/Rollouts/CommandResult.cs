using System.Collections.Immutable;

namespace FastCanary.Release;

/// <summary>What came of a command.</summary>
/// <param name="Refusal">Why the phase forbids it, with what to do instead; null where it was done.</param>
/// <param name="Decisions">What was decided.</param>
public sealed record CommandResult(string? Refusal, ImmutableArray<Decision> Decisions);
