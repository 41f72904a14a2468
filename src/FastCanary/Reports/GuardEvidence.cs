using System.Text.Json;

namespace FastCanary.Reports;

/// <summary>What one guard knows about the canary.</summary>
internal sealed class GuardEvidence
{
    public required string Guard { get; init; }

    /// <summary>The decimal logarithm of the E-value; null for a guard that is no statistical test.</summary>
    public double? Log10 { get; private init; }

    /// <summary>The logarithm at which the guard aborts.</summary>
    public double? AbortAt { get; private init; }

    public long? BaselineRequests { get; private init; }

    public long? CanaryRequests { get; private init; }

    /// <summary>Of the requests, those that the guard looks for: failures, slow responses.</summary>
    public long? BaselineEvents { get; private init; }

    public long? CanaryEvents { get; private init; }

    public string? Text { get; private init; }

    public bool Aborts => Log10 is { } value && AbortAt is { } limit && value >= limit;

    public static GuardEvidence Read(JsonElement json)
    {
        var requests = json.Object("requests");
        var events = json.Object("events");
        return new GuardEvidence
        {
            Guard = json.Text("guard") ?? "?",
            Log10 = json.Number("log10"),
            AbortAt = json.Number("abortAt"),
            BaselineRequests = requests?.Count("baseline"),
            CanaryRequests = requests?.Count("canary"),
            BaselineEvents = events?.Count("baseline"),
            CanaryEvents = events?.Count("canary"),
            Text = json.Text("text"),
        };
    }
}
