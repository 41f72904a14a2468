using System.Text.Json;

namespace FastCanary.Release;

/// <summary>What of a decision in a journal can be compared.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What, in lower case.</param>
/// <param name="Actor">Who.</param>
/// <param name="Phase">The phase from then on.</param>
/// <param name="Step">The step from then on.</param>
/// <param name="Reason">Why.</param>
public sealed record RecordedDecision(DateTimeOffset At, string Kind, string Actor, string Phase, int Step, string Reason)
{
    /// <summary>As a rollout gives it.</summary>
    public static RecordedDecision Of(Decision decision) =>
        new(decision.At, NameOf(decision.Kind), decision.Actor, decision.Phase.ToString(), decision.Step, decision.Reason);

    /// <summary>A kind as the journal writes it.</summary>
    public static string NameOf(DecisionKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>As a journal has it; null for one that no rollout has taken.</summary>
    /// <exception cref="JsonException">It is not a decision's body.</exception>
    public static RecordedDecision? Parse(ReadOnlyMemory<byte> body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        JsonElement root = document.RootElement;
        try
        {
            if (root.GetProperty("phase").ValueKind == JsonValueKind.Null)
                return null;
            return new RecordedDecision(
                root.GetProperty("at").GetDateTimeOffset(),
                root.GetProperty("kind").GetString() ?? "",
                root.GetProperty("actor").GetString() ?? "",
                root.GetProperty("phase").GetString() ?? "",
                root.GetProperty("step").GetInt32(),
                root.GetProperty("reason").GetString() ?? "");
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("not a decision", e);
        }
    }
}
