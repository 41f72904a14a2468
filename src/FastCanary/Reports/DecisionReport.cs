using System.Text.Json;

namespace FastCanary.Reports;

/// <summary>A decision on a service's split, as the status and the journal tell it.</summary>
internal sealed class DecisionReport
{
    public long Id { get; private init; }

    public DateTimeOffset? At { get; private init; }

    /// <summary>What was done: started, advanced, aborted and so on.</summary>
    public required string Kind { get; init; }

    /// <summary>Who or what decided: the engine, an operator, a reload.</summary>
    public string? Actor { get; private init; }

    /// <summary>The weights before.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> From { get; private init; } = [];

    /// <summary>The weights from then on.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> To { get; private init; } = [];

    public string? Phase { get; private init; }

    public long? Step { get; private init; }

    public string? Reason { get; private init; }

    public IReadOnlyList<GuardEvidence> Evidence { get; private init; } = [];

    public static DecisionReport Read(JsonElement json) => new()
    {
        Id = json.Count("id") ?? 0,
        At = json.Moment("at"),
        Kind = json.Text("kind") ?? "?",
        Actor = json.Text("actor"),
        From = json.Counts("from"),
        To = json.Counts("to"),
        Phase = json.Text("phase"),
        Step = json.Count("step"),
        Reason = json.Text("reason"),
        Evidence = [.. json.Items("evidence").Select(GuardEvidence.Read)],
    };
}
