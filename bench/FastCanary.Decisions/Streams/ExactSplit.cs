using System.Collections.Concurrent;
using FastCanary.Release;
using FastCanary.Traffic;

namespace FastCanary.Decisions.Streams;

/// <summary>How many of a run of requests go to the canary: the proxy's own <see cref="SplitTable"/>, summed up.</summary>
internal sealed class ExactSplit
{
    private static readonly ConcurrentDictionary<int, ExactSplit> Known = [];

    // Of the cycle's first n picks, how many are the canary's.
    private readonly int[] _before;

    private ExactSplit(int canaryBasisPoints)
    {
        CanaryBasisPoints = canaryBasisPoints;
        SplitTable table = SplitTable.Compile([Share.All - canaryBasisPoints, canaryBasisPoints]);
        _before = new int[table.CycleLength + 1];
        for (int position = 0; position < table.CycleLength; position++)
            _before[position + 1] = _before[position] + table.Pick((ulong)position);
    }

    public int CanaryBasisPoints { get; }

    public static ExactSplit Of(int canaryBasisPoints) => Known.GetOrAdd(canaryBasisPoints, static share => new ExactSplit(share));

    /// <summary>The canary's requests among the next <paramref name="count"/>.</summary>
    /// <param name="position">The first one's; moved on.</param>
    /// <param name="count">How many.</param>
    public long Take(ref long position, long count)
    {
        int cycle = _before.Length - 1;
        // Positions beyond the cycle come about only where the split has changed.
        if (position >= cycle)
            position %= cycle;
        long end = position + count;
        long canary = end < cycle ? _before[end] - _before[position] : (end / cycle * _before[cycle]) + _before[end % cycle] - _before[position];
        position = end;
        return canary;
    }
}
