namespace FastCanary.Release;

/// <summary>A command to a rollout.</summary>
/// <param name="Verb">What.</param>
/// <param name="Actor">Who: <c>admin: operator</c>, <c>SIGHUP</c>.</param>
/// <param name="At">When.</param>
/// <param name="CanaryBasisPoints">For <see cref="RolloutVerb.SetShare"/> and <see cref="RolloutVerb.ConfigureShare"/>: the canary's share.</param>
public sealed record RolloutCommand(RolloutVerb Verb, string Actor, DateTimeOffset At, int CanaryBasisPoints = 0);
