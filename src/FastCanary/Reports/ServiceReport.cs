using System.Text.Json;

namespace FastCanary.Reports;

internal sealed class ServiceReport
{
    public required string Name { get; init; }

    public string? Baseline { get; private init; }

    public IReadOnlyList<VersionReport> Versions { get; private init; } = [];

    /// <summary>Null: none is configured.</summary>
    public RolloutReport? Rollout { get; private init; }

    /// <summary>The last few, newest first.</summary>
    public IReadOnlyList<DecisionReport> Decisions { get; private init; } = [];

    public static ServiceReport Read(JsonElement json) => new()
    {
        Name = json.Text("name") ?? "?",
        Baseline = json.Text("baseline"),
        Versions = [.. json.Items("versions").Select(VersionReport.Read)],
        Rollout = json.Object("rollout") is { } rollout ? RolloutReport.Read(rollout) : null,
        Decisions = [.. json.Items("decisions").Select(DecisionReport.Read)],
    };
}
