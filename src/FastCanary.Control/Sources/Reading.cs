namespace FastCanary.Control;

/// <summary>A figure from outside, or why there is none.</summary>
/// <param name="Value">The figure, finite. Null: there is none, which is a problem unless <paramref name="Problem"/> is empty.</param>
/// <param name="Problem">Why there is no figure, in plain words; empty where there is one, or where none is due: a first scrape knows no rate.</param>
/// <param name="At">When it was read.</param>
internal sealed record Reading(double? Value, string Problem, DateTimeOffset At)
{
    public static Reading Of(double value, DateTimeOffset at) => new(value, "", at);

    public static Reading Lacking(string problem, DateTimeOffset at) => new(Value: null, problem, at);

    /// <summary>No figure, and nothing wrong with that.</summary>
    public static Reading Nothing(DateTimeOffset at) => new(Value: null, "", at);
}
