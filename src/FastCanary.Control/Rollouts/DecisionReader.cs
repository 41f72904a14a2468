using System.Text.Json;

namespace FastCanary.Control;

/// <summary>Reads decisions that the journal has, for people: what a newer or older program wrote otherwise is left out.</summary>
internal static class DecisionReader
{
    /// <summary>The decision of a journal's line; null where it cannot be understood.</summary>
    public static DecisionReport? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement body = document.RootElement.GetProperty("body");
            return new DecisionReport(
                body.GetProperty("id").GetInt64(),
                body.GetProperty("at").GetDateTimeOffset(),
                Text(body, "service") ?? "",
                Text(body, "kind") ?? "",
                Text(body, "actor") ?? "",
                Weights(body, "from"),
                Weights(body, "to"),
                Text(body, "phase"),
                Number(body, "step") is { } step ? (int)step : null,
                Text(body, "reason") ?? "",
                body.TryGetProperty("evidence", out JsonElement evidence) ? [.. evidence.EnumerateArray().Select(Evidence)] : []);
        }
        catch (Exception unknown) when (unknown is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static EvidenceReport Evidence(JsonElement guard) =>
        new(Text(guard, "guard") ?? "", Number(guard, "log10"), Number(guard, "abortAt"), Counts(guard, "requests"), Counts(guard, "events"), Text(guard, "text") ?? "");

    private static IReadOnlyList<VersionWeight> Weights(JsonElement body, string name) =>
        [.. body.GetProperty(name).EnumerateObject().Select(weight => new VersionWeight(weight.Name, weight.Value.GetInt32()))];

    private static RoleCounts? Counts(JsonElement guard, string name) =>
        guard.TryGetProperty(name, out JsonElement counts) && counts.ValueKind == JsonValueKind.Object
            ? new RoleCounts(counts.GetProperty("baseline").GetInt64(), counts.GetProperty("canary").GetInt64())
            : null;

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement text) ? text.GetString() : null;

    private static double? Number(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement number) && number.ValueKind == JsonValueKind.Number ? number.GetDouble() : null;
}
