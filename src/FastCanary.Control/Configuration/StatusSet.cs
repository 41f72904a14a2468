namespace FastCanary.Control;

/// <summary>A set of status codes, 100 to 999. Immutable; equal to one of the same codes.</summary>
public sealed class StatusSet : IEquatable<StatusSet>
{
    internal const int Min = 100;
    internal const int Max = 999;

    private readonly bool[] _contained = new bool[Max - Min + 1];

    private StatusSet()
    {
    }

    /// <summary>The codes, rising.</summary>
    public IEnumerable<int> Statuses => Enumerable.Range(Min, _contained.Length).Where(Contains);

    /// <summary>Whether a code is in it; one outside of the bounds never is.</summary>
    public bool Contains(int status) => status is >= Min and <= Max && _contained[status - Min];

    public bool Equals(StatusSet? other) => other is not null && _contained.AsSpan().SequenceEqual(other._contained);

    public override bool Equals(object? obj) => Equals(obj as StatusSet);

    public override int GetHashCode() => Statuses.Aggregate(0, HashCode.Combine);

    /// <summary>A set of these codes.</summary>
    internal static StatusSet Of(params IEnumerable<int> statuses)
    {
        var set = new StatusSet();
        foreach (int status in statuses)
            set._contained[status - Min] = true;
        return set;
    }

    /// <summary>The codes of a class, <c>5xx</c> for 5.</summary>
    internal static IEnumerable<int> Class(int digit) => Enumerable.Range(digit * 100, 100);
}
