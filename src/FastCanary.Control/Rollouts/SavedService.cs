using System.Collections.Immutable;
using FastCanary.Release;

namespace FastCanary.Control;

/// <summary>What of a service is kept.</summary>
internal sealed record SavedService
{
    /// <summary>As configured.</summary>
    public required string Name { get; init; }

    /// <summary>The weights of the configuration that was in force, by version. Where a configuration has others, it wins.</summary>
    public required Dictionary<string, int> Configured { get; init; }

    /// <summary>The live weights, by version.</summary>
    public required Dictionary<string, int> Weights { get; init; }

    /// <summary>The canary's endpoints; none without a rollout.</summary>
    public ImmutableArray<string> CanaryEndpoints { get; init; } = [];

    /// <summary>The rollout's plan, by which the state is to be understood; null without one.</summary>
    public RolloutPlan? Plan { get; init; }

    /// <summary>Where the rollout stands; null without one.</summary>
    public RolloutState? Rollout { get; init; }
}
