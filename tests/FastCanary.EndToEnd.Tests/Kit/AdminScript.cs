using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>The admin API of a running FastCanary, as a script uses it.</summary>
internal sealed class AdminScript(int port, string? token = null) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Eventually.Patience };

    /// <summary>Where a client verb finds it.</summary>
    public string Address => $"http://127.0.0.1:{port}";

    /// <summary>Sends one call.</summary>
    /// <param name="body">JSON; null: no body.</param>
    /// <param name="as">Another token than this one's; empty: none.</param>
    /// <param name="origin">The page that a browser would name.</param>
    public ScriptAnswer Call(string method, string path, string? body = null, string? @as = null, string type = "application/json", string? origin = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if ((@as ?? token) is { Length: > 0 } bearer) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (origin is not null) request.Headers.Add("Origin", origin);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
        using var response = _http.Send(request, TestContext.Current.CancellationToken);
        using var text = new StreamReader(response.Content.ReadAsStream());
        return new ScriptAnswer((int)response.StatusCode, text.ReadToEnd(), response.Headers.ToString() + response.Content.Headers);
    }

    /// <summary>What a call that must succeed answers.</summary>
    public JsonElement Get(string path)
    {
        var answer = Call("GET", path);
        Assert.True(answer.Status == 200, $"{path}: {answer}");
        return answer.Json;
    }

    public JsonElement Service(string name = "web") => Get("/api/v1/services/" + name);

    public JsonElement Rollout(string name = "web") => Service(name).GetProperty("rollout");

    public string Phase(string name = "web") => Rollout(name).GetProperty("phase").GetString()!;

    /// <summary>A verb of the rollout that must be allowed.</summary>
    public void Do(string verb, string? body = null, string name = "web")
    {
        var answer = Call("POST", $"/api/v1/services/{name}/rollout/{verb}", body);
        Assert.True(answer.Status == 200, $"{verb}: {answer}");
    }

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

    public void Dispose() => _http.Dispose();
}
