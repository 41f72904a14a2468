using FastCanary.Release;

namespace FastCanary.Control;

/// <summary>An item of <c>services.NAME.rollout.steps</c>: a share, or a pause.</summary>
public sealed class RolloutStepConfig
{
    /// <summary>The canary's share, in hundredths of a percent, 1 to 10000; 0 where it is a pause.</summary>
    public int WeightBasisPoints { get; internal set; }

    /// <summary>The least time at this share; for a pause its length, zero: until someone ends it.</summary>
    public TimeSpan Hold { get; internal set; }

    /// <summary>Whether it is a pause.</summary>
    public bool IsPause { get; internal set; }

    internal ConfigPosition WeightPosition { get; set; }

    internal static RolloutStepConfig Of(RolloutStep step) => new() { WeightBasisPoints = step.WeightBasisPoints, Hold = step.Hold, IsPause = step.IsPause };
}
