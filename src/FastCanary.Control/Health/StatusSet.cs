namespace FastCanary.Control;

/// <summary>Some of the statuses 100 to 599. Equal where they hold the same ones.</summary>
internal sealed class StatusSet : IEquatable<StatusSet>
{
    private const int First = 100;
    private const int Last = 599;

    private readonly bool[] _members = new bool[Last - First + 1];

    /// <summary>The statuses of some ranges, both ends included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An end is not a status, or the ends are in the wrong order.</exception>
    public static StatusSet Of(params ReadOnlySpan<(int First, int Last)> ranges)
    {
        var set = new StatusSet();
        foreach ((int first, int last) in ranges)
        {
            if (first < First || last > Last || first > last) throw new ArgumentOutOfRangeException(nameof(ranges), $"{first} to {last} is no range of statuses");
            set._members.AsSpan(first - First, last - first + 1).Fill(value: true);
        }

        return set;
    }

    public bool Contains(int status) => status is >= First and <= Last && _members[status - First];

    public bool Equals(StatusSet? other) => other is not null && _members.AsSpan().SequenceEqual(other._members);

    public override bool Equals(object? obj) => Equals(obj as StatusSet);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        for (int i = 0; i < _members.Length; i++)
        {
            if (_members[i]) hash.Add(i);
        }

        return hash.ToHashCode();
    }
}
