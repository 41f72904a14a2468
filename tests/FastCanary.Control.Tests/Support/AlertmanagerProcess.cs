using System.Text.Json;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests.Support;

/// <summary>A real Alertmanager with a folder of its own, which passes alerts on to a webhook at once.</summary>
internal sealed class AlertmanagerProcess : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly OutboundHttp _http = new(TimeProvider.System);
    private readonly int _port = Ports.Free();
    private readonly string[] _arguments;
    private ChildProcess _process;

    /// <param name="webhook">The port that it passes alerts on to.</param>
    public AlertmanagerProcess(int webhook)
    {
        string config = _folder.Write(
            "alertmanager.yml",
            $$"""
            route: { receiver: hook, group_by: ["..."], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
            receivers: [ { name: hook, webhook_configs: [ { url: "http://127.0.0.1:{{webhook}}/", send_resolved: true } ] } ]
            """);
        Address = new Uri($"http://127.0.0.1:{_port}");
        _arguments = [$"--config.file={config}", $"--storage.path={_folder.File("data")}", $"--web.listen-address=127.0.0.1:{_port}", "--cluster.listen-address=", "--log.level=warn"];
        _process = Start();
    }

    public Uri Address { get; }

    /// <summary>Kills it and starts it again: it has forgotten its alerts.</summary>
    public void Restart()
    {
        _process.Dispose();
        _process = Start();
    }

    /// <summary>The alerts that it has and that are not over.</summary>
    public JsonElement[] Alerts() => Get("/api/v2/alerts") is { IsSuccess: true } answer ? [.. JsonDocument.Parse(answer.Body).RootElement.EnumerateArray()] : [];

    public void Dispose()
    {
        _process.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    private ChildProcess Start()
    {
        var process = new ChildProcess(Tool.Alertmanager(), _arguments, _folder.Path);
        Eventually.Holds(() => process.HasExited || Get("/-/ready").IsSuccess, () => "Alertmanager is ready\n" + string.Join('\n', process.Errors));
        if (process.HasExited) Assert.Fail("Alertmanager ended at its start:\n" + string.Join('\n', process.Errors));
        return process;
    }

    private HttpAnswer Get(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        return _http.SendAsync(request, bodyBytesMax: 1024 * 1024, TimeSpan.FromSeconds(5), CancellationToken.None).GetAwaiter().GetResult();
    }
}
