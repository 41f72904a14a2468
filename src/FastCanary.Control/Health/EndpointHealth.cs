namespace FastCanary.Control;

/// <summary>What the checks of an endpoint have found so far.</summary>
/// <param name="Up">Whether it counts as up. It does until a check has said otherwise.</param>
/// <param name="LastResult">What the last check saw; empty before the first.</param>
/// <param name="LastCheck">When the last check ended; null before the first.</param>
/// <param name="ConsecutiveSuccesses">Passed checks since the last that failed.</param>
/// <param name="ConsecutiveFailures">Failed checks since the last that passed.</param>
internal sealed record EndpointHealth(bool Up, string LastResult, DateTimeOffset? LastCheck, int ConsecutiveSuccesses, int ConsecutiveFailures);
