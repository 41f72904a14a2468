namespace FastCanary.LoadTests.Judging;

/// <summary>Whether counts are those of an exact split.</summary>
internal static class ExactShares
{
    /// <summary>After n requests in a row of a cycle of W, a version of weight w has either floor or ceiling of n·w/W of them, and exactly that where W divides n.</summary>
    /// <param name="byVersion">Requests of each version.</param>
    /// <param name="total">Requests.</param>
    /// <param name="weights">Of each version, not all 0.</param>
    public static bool Hold(IReadOnlyList<long> byVersion, long total, IReadOnlyList<int> weights)
    {
        long cycle = weights.Sum();
        if (byVersion.Sum() != total) return false;
        for (int i = 0; i < weights.Count; i++)
        {
            long product = total * weights[i];
            if (byVersion[i] < product / cycle || byVersion[i] > (product + cycle - 1) / cycle) return false;
        }

        return true;
    }
}
