namespace FastCanary.Control;

/// <summary>What a check found.</summary>
/// <param name="Passed">Whether the endpoint is well.</param>
/// <param name="Text">What was seen: <c>status 200</c>, <c>connection refused</c>, <c>timed out after 1 s</c>.</param>
internal readonly record struct HealthResult(bool Passed, string Text);
