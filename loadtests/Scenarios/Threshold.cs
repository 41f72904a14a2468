namespace FastCanary.LoadTests.Scenarios;

/// <summary>Something that had to be true.</summary>
/// <param name="Name">What: <c>requests that failed</c>.</param>
/// <param name="Value">What was seen, with its unit.</param>
/// <param name="Limit">What was asked for: <c>at most 0</c>.</param>
/// <param name="Holds">Whether the one is within the other.</param>
internal sealed record Threshold(string Name, string Value, string Limit, bool Holds);
