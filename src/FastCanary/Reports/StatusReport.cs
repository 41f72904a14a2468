using System.Text.Json;

namespace FastCanary.Reports;

/// <summary>What <c>GET /api/v1/status</c> tells; or one service of it, then without what is of the whole program.</summary>
internal sealed class StatusReport
{
    /// <summary>The program's version; null in a report of one service.</summary>
    public string? Version { get; private init; }

    public string? Transport { get; private init; }

    public long? Loops { get; private init; }

    public double? UptimeSeconds { get; private init; }

    public string? ConfigurationFile { get; private init; }

    public long ReloadsFailed { get; private init; }

    public required IReadOnlyList<ServiceReport> Services { get; init; }

    public static StatusReport Read(JsonElement json)
    {
        var configuration = json.Object("configuration");
        return new StatusReport
        {
            Version = json.Text("version"),
            Transport = json.Text("transport"),
            Loops = json.Count("loops"),
            UptimeSeconds = json.Number("uptimeSeconds"),
            ConfigurationFile = configuration?.Text("file"),
            ReloadsFailed = configuration?.Object("reloads")?.Count("failure") ?? 0,
            Services = [.. json.Items("services").Select(ServiceReport.Read)],
        };
    }

    /// <summary>What <c>GET /api/v1/services/NAME</c> tells.</summary>
    public static StatusReport ReadService(JsonElement json) => new() { Services = [ServiceReport.Read(json)] };
}
