using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>An entry of a rule's <c>header</c>, <c>cookie</c> or <c>query</c>: a name and what its value must be.</summary>
public sealed class NamedConditionConfig
{
    private HashSet<string>? _set;

    /// <summary>Of the field, cookie or parameter.</summary>
    public required string Name { get; init; }

    /// <summary>How the value is compared.</summary>
    public ConditionKind Kind { get; internal set; }

    /// <summary>The value or prefix; several for <see cref="ConditionKind.OneOf"/>; none for <see cref="ConditionKind.Present"/>.</summary>
    public IReadOnlyList<string> Values { get; internal set; } = [];

    /// <summary>Whether every value that the other takes is taken by this one too. Names are not compared.</summary>
    internal bool Covers(NamedConditionConfig other)
    {
        if (Kind == ConditionKind.Present)
            return true;
        // A prefix takes values without number, and a presence takes all.
        if (other.Kind == ConditionKind.Present || other.Kind == ConditionKind.Prefix && Kind != ConditionKind.Prefix)
            return false;
        foreach (string value in other.Values)
        {
            if (!Takes(value))
                return false;
        }
        return true;
    }

    private bool Takes(string value)
    {
        if (Kind == ConditionKind.Prefix)
            return value.StartsWith(Values[0], StringComparison.Ordinal);
        if (Kind == ConditionKind.Exact)
            return value == Values[0];
        _set ??= new HashSet<string>(Values, StringComparer.Ordinal);
        return _set.Contains(value);
    }
}
