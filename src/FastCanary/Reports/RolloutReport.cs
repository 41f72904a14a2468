using System.Text.Json;

namespace FastCanary.Reports;

internal sealed class RolloutReport
{
    public required string Phase { get; init; }

    public string? Canary { get; private init; }

    public string? Baseline { get; private init; }

    /// <summary>Counted from 1; 0 before the first.</summary>
    public long Step { get; private init; }

    public long Steps { get; private init; }

    public IReadOnlyList<PlanStep> Plan { get; private init; } = [];

    /// <summary>When the phase began.</summary>
    public DateTimeOffset? Since { get; private init; }

    public DateTimeOffset? StepSince { get; private init; }

    public string? Reason { get; private init; }

    public IReadOnlyList<GuardEvidence> Evidence { get; private init; } = [];

    public AdvanceReport? Advance { get; private init; }

    public long? UsersHurt { get; private init; }

    /// <summary>What keeps the analysis from seeing everything.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [];

    /// <summary>It is paused until a person promotes it: resume is refused.</summary>
    public bool IsAtGate => Phase == RolloutPhase.Paused && Advance is { } advance && advance.WaitsFor.Any(static reason => reason.StartsWith("gate:", StringComparison.Ordinal));

    /// <summary>The present step of the plan; null where there is none.</summary>
    public PlanStep? Current => Step >= 1 && Step <= Plan.Count ? Plan[(int)Step - 1] : null;

    public static RolloutReport Read(JsonElement json) => new()
    {
        Phase = json.Text("phase") ?? "?",
        Canary = json.Text("canary"),
        Baseline = json.Text("baseline"),
        Step = json.Count("step") ?? 0,
        Steps = json.Count("steps") ?? 0,
        Plan = [.. json.Items("plan").Select(PlanStep.Read)],
        Since = json.Moment("since"),
        StepSince = json.Moment("stepSince"),
        Reason = json.Text("reason"),
        Evidence = [.. json.Items("evidence").Select(GuardEvidence.Read)],
        Advance = json.Object("advance") is { } advance ? AdvanceReport.Read(advance) : null,
        UsersHurt = json.Count("usersHurt"),
        Problems = json.Texts("problems"),
    };
}
