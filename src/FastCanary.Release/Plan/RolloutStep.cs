namespace FastCanary.Release;

/// <summary>One step: a share with the least time that it is held, or a gate that waits for a person, or for a while.</summary>
public sealed record RolloutStep
{
    /// <summary>The canary's share, in basis points; 0 for a gate, which keeps the share it finds.</summary>
    public int WeightBasisPoints { get; init; }

    /// <summary>The least time at this share; for a gate, how long it stays closed: zero means until someone opens it.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>A gate.</summary>
    public bool IsPause { get; init; }

    /// <summary>A share, held for a time at least.</summary>
    public static RolloutStep OfWeight(int basisPoints, TimeSpan hold) => new() { WeightBasisPoints = basisPoints, Hold = hold };

    /// <summary>A gate; <paramref name="time"/> zero: until someone opens it.</summary>
    public static RolloutStep OfPause(TimeSpan time = default) => new() { IsPause = true, Hold = time };
}
