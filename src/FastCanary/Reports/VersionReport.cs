using System.Text.Json;

namespace FastCanary.Reports;

/// <summary>A version of a service. What is of the last minute is null when it had no request.</summary>
internal sealed class VersionReport
{
    public required string Name { get; init; }

    public long Weight { get; private init; }

    /// <summary>Of the last minute's requests, 0 to 1.</summary>
    public double? Share { get; private init; }

    /// <summary>What the weights say, 0 to 1.</summary>
    public double? Intended { get; private init; }

    public double? RequestsPerSecond { get; private init; }

    public double? ErrorRate { get; private init; }

    /// <summary>Seconds.</summary>
    public double? P50 { get; private init; }

    public double? P90 { get; private init; }

    public double? P99 { get; private init; }

    public long HealthyEndpoints { get; private init; }

    public IReadOnlyList<EndpointReport> Endpoints { get; private init; } = [];

    public static VersionReport Read(JsonElement json) => new()
    {
        Name = json.Text("name") ?? "?",
        Weight = json.Count("weight") ?? 0,
        Share = json.Number("share"),
        Intended = json.Number("intended"),
        RequestsPerSecond = json.Number("requestsPerSecond"),
        ErrorRate = json.Number("errorRate"),
        P50 = json.Number("p50"),
        P90 = json.Number("p90"),
        P99 = json.Number("p99"),
        HealthyEndpoints = json.Count("healthyEndpoints") ?? 0,
        Endpoints = [.. json.Items("endpoints").Select(EndpointReport.Read)],
    };
}
