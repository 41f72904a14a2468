using FastCanary.Release;
using FastCanary.Traffic;

namespace FastCanary.Control;

/// <summary>Between the canary's share, by which a rollout thinks, and the weights of all versions, by which requests are split.</summary>
internal static class SplitWeights
{
    /// <summary>The smallest weights that give the canary its share, and the baseline the rest.</summary>
    public static int[] OfShare(ServiceModel service, RolloutPlan plan, int canaryBasisPoints)
    {
        int divisor = GreatestCommonDivisor(canaryBasisPoints, Share.All);
        var weights = new int[service.Versions.Length];
        foreach (VersionModel version in service.Versions)
        {
            if (version.Name == plan.Canary)
                weights[version.Index] = canaryBasisPoints / divisor;
            else if (version.Name == plan.Baseline)
                weights[version.Index] = (Share.All - canaryBasisPoints) / divisor;
        }

        return weights;
    }

    /// <summary>The canary's part of what the two get, in basis points; above 0 where it gets anything, below everything where the baseline does.</summary>
    public static int ShareOf(ServiceModel service, RolloutPlan plan, ReadOnlySpan<int> weights)
    {
        (long canary, long baseline) = (0, 0);
        foreach (VersionModel version in service.Versions)
        {
            if (version.Name == plan.Canary)
                canary = weights[version.Index];
            else if (version.Name == plan.Baseline)
                baseline = weights[version.Index];
        }

        if (canary == 0)
            return 0;
        return baseline == 0 ? Share.All : (int)Math.Clamp(((canary * Share.All) + ((canary + baseline) / 2)) / (canary + baseline), 1, Share.All - 1);
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return Math.Max(1, a);
    }
}
