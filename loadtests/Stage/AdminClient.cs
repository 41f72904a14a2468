using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Stage;

/// <summary>FastCanary's admin API, as far as scenarios need it.</summary>
internal sealed class AdminClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="address">Where it is: <c>http://127.0.0.1:9901</c>.</param>
    /// <param name="token">The operator's; null: none.</param>
    public AdminClient(Uri address, string? token)
    {
        Address = address;
        // Kept for less than the admin API keeps one that is idle (60 s): a request never meets a connection that is just being closed.
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30) }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Uri Address { get; }

    /// <summary>Whether FastCanary takes requests.</summary>
    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(new Uri("/readyz", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The whole status.</summary>
    public Task<JsonElement> StatusAsync() => SendAsync(HttpMethod.Get, "/api/v1/status", body: null);

    /// <summary>One service: versions, rollout, decisions.</summary>
    public Task<JsonElement> ServiceAsync(string service) => SendAsync(HttpMethod.Get, $"/api/v1/services/{Uri.EscapeDataString(service)}", body: null);

    /// <summary>Its journal, newest first.</summary>
    public Task<JsonElement> JournalAsync(string service, int limit = 100) => SendAsync(HttpMethod.Get, $"/api/v1/services/{Uri.EscapeDataString(service)}/journal?limit={limit}", body: null);

    /// <summary>Changes the split.</summary>
    public Task SetWeightsAsync(string service, IReadOnlyDictionary<string, int> weights) =>
        SendAsync(HttpMethod.Put, $"/api/v1/services/{Uri.EscapeDataString(service)}/weights", JsonSerializer.Serialize(weights));

    /// <summary>Changes the split.</summary>
    /// <param name="service">Whose.</param>
    /// <param name="versions">All of its versions.</param>
    /// <param name="weights">Of each, in their order.</param>
    public Task SetWeightsAsync(string service, VersionNames versions, IEnumerable<int> weights) =>
        SetWeightsAsync(service, versions.Names.Zip(weights).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal));

    /// <summary>The weights in force, in the order of the configuration.</summary>
    public async Task<Dictionary<string, int>> WeightsAsync(string service) => WeightsOf(await ServiceAsync(service));

    /// <summary>A service's rollout.</summary>
    /// <exception cref="InvalidDataException">It has none.</exception>
    public async Task<RolloutStatus> RolloutAsync(string service)
    {
        JsonElement answer = await ServiceAsync(service);
        JsonElement rollout = answer.GetProperty("rollout");
        if (rollout.ValueKind == JsonValueKind.Null) throw new InvalidDataException($"the service {service} has no rollout");
        return new RolloutStatus(
            rollout.GetProperty("phase").GetString()!,
            rollout.GetProperty("step").GetInt32(),
            rollout.GetProperty("reason").GetString()!,
            rollout.GetProperty("usersHurt").GetInt64(),
            WeightsOf(answer));
    }

    /// <summary>The endpoints of a service's versions.</summary>
    public async Task<IReadOnlyList<EndpointStatus>> EndpointsAsync(string service)
    {
        JsonElement answer = await ServiceAsync(service);
        return
        [
            .. from version in answer.GetProperty("versions").EnumerateArray()
               from endpoint in version.GetProperty("endpoints").EnumerateArray()
               select new EndpointStatus(endpoint.GetProperty("address").GetString()!, endpoint.GetProperty("up").GetBoolean(), endpoint.GetProperty("failures").GetInt64()),
        ];
    }

    /// <summary>A verb of the rollout: start, pause, resume, promote, abort, retry, undo.</summary>
    public Task RolloutAsync(string service, string verb) => SendAsync(HttpMethod.Post, $"/api/v1/services/{Uri.EscapeDataString(service)}/rollout/{verb}", body: null);

    /// <summary>Lets FastCanary read its configuration again.</summary>
    public Task ReloadAsync() => SendAsync(HttpMethod.Post, "/api/v1/reload", body: null);

    /// <summary>As <see cref="ReloadAsync"/> where the file has an error.</summary>
    /// <returns>Whether it was refused for that, with 422.</returns>
    public async Task<bool> IsReloadRefusedAsync()
    {
        using var content = new StringContent("", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _http.PostAsync(new Uri("/api/v1/reload", UriKind.Relative), content);
        return answer.StatusCode == HttpStatusCode.UnprocessableEntity;
    }

    /// <summary>What the process uses.</summary>
    public async Task<ProcessUse> ProcessUseAsync()
    {
        string text = await _http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return new ProcessUse(Metric(text, "process_cpu_seconds_total"), (long)Metric(text, "process_resident_memory_bytes"), (int)Metric(text, "process_open_fds"));
    }

    public void Dispose() => _http.Dispose();

    private static Dictionary<string, int> WeightsOf(JsonElement answer)
    {
        var weights = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (JsonElement version in answer.GetProperty("versions").EnumerateArray()) weights[version.GetProperty("name").GetString()!] = version.GetProperty("weight").GetInt32();
        return weights;
    }

    private static double Metric(string text, string name)
    {
        foreach (string line in text.Split('\n'))
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] == ' ') return double.Parse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
        throw new InvalidDataException($"the admin API's /metrics has no {name}");
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (method != HttpMethod.Get) request.Content = new StringContent(body ?? "", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _http.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{method} {new Uri(Address, path)} was answered with {(int)answer.StatusCode}: {text}");
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
