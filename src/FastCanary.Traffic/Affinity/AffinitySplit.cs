namespace FastCanary.Traffic;

/// <summary>
/// Which version each bucket in [0, 2^32) goes to, where users keep their version: every version has one interval, as long as its share.
/// Immutable; shared by all loops.
/// </summary>
/// <remarks>
/// From the bottom up: the first version that is not the baseline, the third and later ones in their order, the baseline, and at the top the second that
/// is not the baseline. So with two versions the canary has [0, share · 2^32), and with three, one canary grows from the bottom and one from the top:
/// raising a share never moves a user off the version that is raised.
/// With four versions or more, those that lie between are pushed up by what is raised below them. Raising the first from 10 % to 15 % takes 5 % of all users from
/// the third, which gets as many from the one above it: 10 % of the users change their version where 5 % would do.
/// A bound is floor(sum of the weights below · 2^32 / total): a share is exact to one bucket, and a version of weight 0 has none.
/// </remarks>
public sealed class AffinitySplit
{
    private const int BucketBits = 32;

    // The first bucket of each interval but the lowest, which begins at 0; only versions with a weight above 0 are here.
    private readonly uint[] _starts;
    private readonly int[] _versions;

    private AffinitySplit(uint[] starts, int[] versions)
    {
        _starts = starts;
        _versions = versions;
    }

    /// <summary>Computes the intervals.</summary>
    /// <param name="weights">One weight per version, 0 to <see cref="SplitTable.WeightMax"/>.</param>
    /// <param name="baselineIndex">The baseline's place among them.</param>
    /// <exception cref="ArgumentException">A weight is out of range, none is above 0, or there are more than <see cref="SplitTable.ChoicesMax"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no version at <paramref name="baselineIndex"/>.</exception>
    public static AffinitySplit Compile(ReadOnlySpan<int> weights, int baselineIndex)
    {
        if (weights.Length > SplitTable.ChoicesMax)
            throw new ArgumentException($"{weights.Length} versions; at most {SplitTable.ChoicesMax} can be split", nameof(weights));
        ArgumentOutOfRangeException.ThrowIfNegative(baselineIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(baselineIndex, weights.Length);
        ulong total = 0;
        foreach (int weight in weights)
        {
            if (weight is < 0 or > SplitTable.WeightMax)
                throw new ArgumentException($"weight {weight}; expected 0 to {SplitTable.WeightMax}", nameof(weights));
            total += (ulong)weight;
        }
        if (total == 0)
            throw new ArgumentException("no weight is above 0", nameof(weights));

        var starts = new List<uint>(weights.Length);
        var versions = new List<int>(weights.Length);
        ulong below = 0;
        foreach (int version in FromTheBottom(weights.Length, baselineIndex))
        {
            if (weights[version] == 0)
                continue;
            // Below 2^32 as the total is: the product fits, and the quotient is below 2^32 because something is still to come.
            if (below > 0)
                starts.Add((uint)((below << BucketBits) / total));
            versions.Add(version);
            below += (ulong)weights[version];
        }
        return new AffinitySplit([.. starts], [.. versions]);
    }

    /// <summary>The index of the version that a bucket goes to. O(log n), no allocation.</summary>
    public int Pick(uint bucket)
    {
        uint[] starts = _starts;
        int low = 0;
        int high = starts.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (starts[middle] <= bucket)
                low = middle + 1;
            else
                high = middle;
        }
        return _versions[low];
    }

    private static int[] FromTheBottom(int count, int baselineIndex)
    {
        var order = new int[count];
        int others = 0;
        for (int version = 0; version < count; version++)
        {
            if (version == baselineIndex)
                continue;
            // The first goes to the bottom, the second to the top, the third and all others above the first.
            int place = others switch
            {
                0 => 0,
                1 => count - 1,
                _ => others - 1,
            };
            order[place] = version;
            others++;
        }
        order[others < 2 ? count - 1 : count - 2] = baselineIndex;
        return order;
    }
}
