using System.Text.Json;

namespace FastCanary.Reports;

/// <param name="IsUp">The active health check says so, or there is none.</param>
/// <param name="IsEjected">It failed again and again and is not picked for a while.</param>
internal readonly record struct EndpointReport(string Address, bool IsUp, bool IsEjected)
{
    public static EndpointReport Read(JsonElement json) => new(json.Text("address") ?? "?", json.Flag("up"), json.Flag("ejected"));
}
