using System.Text;
using System.Text.Json;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>A client of the admin API.</summary>
internal sealed class AdminApi(int port) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Eventually.Patience };

    public JsonElement Service(string service) => Ask(HttpMethod.Get, $"/api/v1/services/{service}").Expect(200);

    public string Phase(string service) => Service(service).GetProperty("rollout").Text("phase");

    public AdminAnswer Rollout(string service, string verb, string? body = null) => Ask(HttpMethod.Post, $"/api/v1/services/{service}/rollout/{verb}", body);

    public AdminAnswer SetWeights(string service, string weights) => Ask(HttpMethod.Put, $"/api/v1/services/{service}/weights", weights);

    /// <summary>A counter of <c>/metrics</c>: the sum of the samples of a name that have all these labels.</summary>
    public double Metric(string name, params IEnumerable<(string Name, string Value)> labels)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        using var response = _http.Send(request);
        var lines = Read(response).Split('\n').Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal));
        foreach (var label in labels) lines = lines.Where(line => line.Contains($"{label.Name}=\"{label.Value}\"", StringComparison.Ordinal));
        return lines.Sum(static line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), System.Globalization.CultureInfo.InvariantCulture));
    }

    public void Dispose() => _http.Dispose();

    private static string Read(HttpResponseMessage response)
    {
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return reader.ReadToEnd();
    }

    private AdminAnswer Ask(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = _http.Send(request);
        using var document = JsonDocument.Parse(Read(response));
        return new AdminAnswer((int)response.StatusCode, document.RootElement.Clone());
    }
}
