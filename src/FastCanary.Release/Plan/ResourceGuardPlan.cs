namespace FastCanary.Release;

/// <summary>Bounds for what the canary's processes use.</summary>
public sealed record ResourceGuardPlan
{
    /// <summary>Of one core, in basis points; 0: no bound.</summary>
    public int CpuBasisPoints { get; init; }

    /// <summary>Of the memory that there is for it, in basis points; 0: no bound.</summary>
    public int MemoryBasisPoints { get; init; }
}
