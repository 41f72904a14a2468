namespace FastCanary.Control;

/// <summary>One step of a plan: a weight that is held, or a pause.</summary>
/// <param name="Weight">The canary's share, 0 to 1; null at a pause.</param>
/// <param name="HoldSeconds">How long the weight is held at least, or the pause lasts; null: no time is set.</param>
/// <param name="Pause">A gate, that a promote opens, or its time.</param>
internal sealed record PlanStepReport(double? Weight, double? HoldSeconds, bool Pause);
