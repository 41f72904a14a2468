namespace FastCanary.Release;

/// <summary>How many readings of a source in a row were over their bound.</summary>
/// <param name="Guard">Whose.</param>
/// <param name="LastAt">When the last of them was read.</param>
/// <param name="InARow">How many.</param>
public readonly record struct OverBound(string Guard, DateTimeOffset LastAt, int InARow);
