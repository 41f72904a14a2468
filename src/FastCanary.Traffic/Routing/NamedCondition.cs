namespace FastCanary.Traffic;

/// <summary>What the value of a field, a cookie or a query parameter must be. A name that occurs more than once has as many values; one of them must do.</summary>
/// <param name="Name">Whose value.</param>
/// <param name="Kind">How it is compared.</param>
/// <param name="Values">The value or prefix; several for <see cref="ConditionKind.OneOf"/>; none for <see cref="ConditionKind.Present"/>.</param>
public sealed record NamedCondition(string Name, ConditionKind Kind, IReadOnlyList<string> Values);
