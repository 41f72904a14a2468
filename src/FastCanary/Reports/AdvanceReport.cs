using System.Text.Json;

namespace FastCanary.Reports;

/// <summary>How far a rollout is from its next step.</summary>
internal sealed class AdvanceReport
{
    public bool Ready { get; private init; }

    public long? MissingRequests { get; private init; }

    /// <summary>When the missing requests are expected at the present pace.</summary>
    public double? EtaSeconds { get; private init; }

    public IReadOnlyList<string> WaitsFor { get; private init; } = [];

    /// <summary>The decimal logarithm of the E-value against "the canary is much worse"; null where the server tells none.</summary>
    public double? Log10 { get; private init; }

    /// <summary>The logarithm from which the canary counts as no worse.</summary>
    public double? AdvanceAt { get; private init; }

    public static AdvanceReport Read(JsonElement json) => new()
    {
        Ready = json.Flag("ready"),
        MissingRequests = json.Count("missingRequests"),
        EtaSeconds = json.Number("etaSeconds"),
        WaitsFor = json.Texts("waitsFor"),
        Log10 = json.Number("log10"),
        AdvanceAt = json.Number("advanceAt"),
    };
}
