using System.Collections.Immutable;

namespace FastCanary.Release;

/// <summary>A decision, with what it rests on.</summary>
public sealed record Decision
{
    /// <summary>Its number in the journal; 0 before it is there.</summary>
    public long Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What.</summary>
    public required DecisionKind Kind { get; init; }

    /// <summary>Who: <c>engine</c>, or whoever gave a command.</summary>
    public required string Actor { get; init; }

    /// <summary>The canary's share before, in basis points.</summary>
    public required int From { get; init; }

    /// <summary>The canary's share from now on, in basis points.</summary>
    public required int To { get; init; }

    /// <summary>The phase from now on.</summary>
    public required RolloutPhase Phase { get; init; }

    /// <summary>The step from now on, from 1; 0: none.</summary>
    public required int Step { get; init; }

    /// <summary>Why, in plain words.</summary>
    public required string Reason { get; init; }

    /// <summary>Each guard's evidence at that moment.</summary>
    public ImmutableArray<GuardReport> Evidence { get; init; } = [];
}
