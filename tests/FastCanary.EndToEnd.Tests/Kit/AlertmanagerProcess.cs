using System.Text.Json;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>A real Alertmanager with a folder of its own.</summary>
internal sealed class AlertmanagerProcess : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Eventually.Patience };
    private readonly ChildProcess _process;

    public AlertmanagerProcess()
    {
        var alertmanager = Tool.Alertmanager();
        var port = Ports.Free();
        Address = $"http://127.0.0.1:{port}";
        var config = _folder.Write("alertmanager.yml", "route: { receiver: nobody }\nreceivers: [ { name: nobody } ]\n");
        _process = new ChildProcess(
            alertmanager,
            [$"--config.file={config}", $"--storage.path={_folder.File("data")}", $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=warn"],
            _folder.Path);
        Eventually.Holds(() => _process.HasExited || Get("/-/ready") is not null, () => "Alertmanager is ready\n" + string.Join('\n', _process.Errors));
        if (_process.HasExited) Assert.Fail("Alertmanager ended at its start:\n" + string.Join('\n', _process.Errors));
    }

    public string Address { get; }

    /// <summary>The alerts that are not over, as <c>NAME SEVERITY SERVICE VERSION</c>.</summary>
    public string[] Alerts()
    {
        using var json = JsonDocument.Parse(Get("/api/v2/alerts") ?? "[]");
        return [.. json.RootElement.EnumerateArray().Select(static alert => alert.GetProperty("labels")).Select(static labels =>
            $"{labels.GetProperty("alertname")} {labels.GetProperty("severity")} {labels.GetProperty("service")} {labels.GetProperty("version")}")];
    }

    public void Dispose()
    {
        _process.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    private string? Get(string path)
    {
        try
        {
            using var answer = _http.GetAsync(new Uri(Address + path)).GetAwaiter().GetResult();
            return answer.IsSuccessStatusCode ? answer.Content.ReadAsStringAsync().GetAwaiter().GetResult() : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
