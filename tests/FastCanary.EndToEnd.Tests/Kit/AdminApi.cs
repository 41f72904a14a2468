using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>The admin API of a running FastCanary, as a script uses it. Any thread.</summary>
internal sealed class AdminApi(int port, string? token = null) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Eventually.Patience };

    /// <summary>Where a client verb finds it.</summary>
    public string Address => $"http://127.0.0.1:{port}";

    /// <summary>Sends one call.</summary>
    /// <param name="body">JSON; null: no body.</param>
    /// <param name="as">Another token than this one's; empty: none.</param>
    /// <param name="origin">The page that a browser would name.</param>
    public AdminAnswer Call(string method, string path, string? body = null, string? @as = null, string type = "application/json", string? origin = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if ((@as ?? token) is { Length: > 0 } bearer) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (origin is not null) request.Headers.Add("Origin", origin);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
        using var response = _http.Send(request, TestContext.Current.CancellationToken);
        using var text = new StreamReader(response.Content.ReadAsStream());
        return new AdminAnswer((int)response.StatusCode, text.ReadToEnd(), response.Headers.ToString() + response.Content.Headers);
    }

    /// <summary>What a call that must succeed answers.</summary>
    public JsonElement Get(string path) => Call("GET", path).Expect(200);

    public JsonElement Service(string name = "web") => Get("/api/v1/services/" + name);

    public JsonElement Rollout(string name = "web") => Service(name).GetProperty("rollout");

    public string Phase(string name = "web") => Rollout(name).Text("phase");

    /// <summary>A verb of the rollout, which may be refused.</summary>
    public AdminAnswer Command(string verb, string? body = null, string name = "web") => Call("POST", $"/api/v1/services/{name}/rollout/{verb}", body);

    /// <summary>A verb of the rollout that must be allowed.</summary>
    /// <returns>The rollout behind it.</returns>
    public JsonElement Do(string verb, string? body = null, string name = "web") => Command(verb, body, name).Expect(200);

    public AdminAnswer SetWeights(string weights, string name = "web") => Call("PUT", $"/api/v1/services/{name}/weights", weights);

    /// <summary>Waits for the phase.</summary>
    public void WaitFor(string phase, string name = "web") => Eventually.Holds(() => string.Equals(Phase(name), phase, StringComparison.Ordinal), () => $"phase {phase}; it is {Service(name)}");

    /// <summary>The live weights, as <c>stable=1 canary=0</c>.</summary>
    public string Weights(string name = "web") =>
        string.Join(' ', Service(name).GetProperty("versions").EnumerateArray().Select(static version => $"{version.GetProperty("name")}={version.GetProperty("weight")}"));

    /// <summary>Everything that a change would show in: the split, the rollout's place, and each entry of the journal that is no mere observation.</summary>
    public string WhatCanChange(string name = "web")
    {
        var rollout = Rollout(name);
        var journal = Get($"/api/v1/services/{name}/journal?limit=1000").GetProperty("entries").EnumerateArray().Where(static entry => entry.GetProperty("kind").GetString() != "observation");
        return $"{Weights(name)} {rollout.GetProperty("phase")} {rollout.GetProperty("step")} {rollout.GetProperty("reason")}\n{Service(name).GetProperty("decisions")}\n{string.Join('\n', journal)}";
    }

    /// <summary>A counter of <c>/metrics</c>: the sum of the samples of a name that have all these labels.</summary>
    public double Metric(string name, params IEnumerable<(string Name, string Value)> labels)
    {
        var lines = Call("GET", "/metrics").Text.Split('\n').Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal));
        foreach (var label in labels) lines = lines.Where(line => line.Contains($"{label.Name}=\"{label.Value}\"", StringComparison.Ordinal));
        return lines.Sum(static line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));
    }

    public void Dispose() => _http.Dispose();
}
