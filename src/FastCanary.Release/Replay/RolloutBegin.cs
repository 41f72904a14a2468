namespace FastCanary.Release;

/// <summary>The body of a journal's entry that says with what a rollout goes on from here.</summary>
/// <param name="Plan">Its plan.</param>
/// <param name="State">Its state.</param>
public sealed record RolloutBegin(RolloutPlan Plan, RolloutState State);
