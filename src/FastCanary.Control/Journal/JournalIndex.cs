namespace FastCanary.Control;

/// <summary>Where the newest entries of each service and kind are; at most <see cref="EntriesMax"/> of each. Its memory is 32 bytes an entry.</summary>
internal sealed class JournalIndex
{
    /// <summary>How many are known of a service and kind.</summary>
    public const int EntriesMax = 1000;

    // By number, ascending; up to twice as many, so that the oldest are removed many at a time.
    private readonly Dictionary<(string Service, string Kind), List<JournalPosition>> _positions = [];

    /// <summary>Adds an entry that is newer than all others.</summary>
    public void Add(string service, string kind, JournalPosition position)
    {
        List<JournalPosition> positions = Of(service, kind);
        if (positions.Count == 2 * EntriesMax) positions.RemoveRange(0, EntriesMax);
        positions.Add(position);
    }

    /// <summary>Adds what is known of a file that is older than all others.</summary>
    public void AddOlder(JournalIndex older)
    {
        foreach (((string service, string kind), List<JournalPosition> added) in older._positions)
        {
            List<JournalPosition> positions = Of(service, kind);
            int count = Math.Clamp(EntriesMax - positions.Count, 0, added.Count);
            positions.InsertRange(0, added.GetRange(added.Count - count, count));
        }
    }

    /// <summary>Removes what is in a file that is deleted, the oldest.</summary>
    public void Forget(long fileFirst)
    {
        foreach ((var key, List<JournalPosition> positions) in _positions)
        {
            positions.RemoveAll(position => position.FileFirst == fileFirst);
            if (positions.Count == 0) _positions.Remove(key);
        }
    }

    /// <summary>The newest, newest first.</summary>
    /// <param name="service">Of which service.</param>
    /// <param name="kind">Of which kind; null for all.</param>
    /// <param name="limit">At most so many.</param>
    public List<JournalPosition> Newest(string service, string? kind, int limit)
    {
        var found = new List<JournalPosition>();
        foreach ((var key, List<JournalPosition> positions) in _positions)
        {
            if (key.Service == service && (kind is null || key.Kind == kind)) found.AddRange(positions[^Math.Min(limit, positions.Count)..]);
        }
        found.Sort(static (left, right) => right.N.CompareTo(left.N));
        if (found.Count > limit) found.RemoveRange(limit, found.Count - limit);
        return found;
    }

    private List<JournalPosition> Of(string service, string kind)
    {
        if (!_positions.TryGetValue((service, kind), out List<JournalPosition>? positions)) _positions.Add((service, kind), positions = []);
        return positions;
    }
}
