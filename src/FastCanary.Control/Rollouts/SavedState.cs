using System.Collections.Immutable;

namespace FastCanary.Control;

/// <summary>What the state file holds: all that a restart must not forget.</summary>
/// <param name="Services">In no order that matters.</param>
internal sealed record SavedState(ImmutableArray<SavedService> Services);
