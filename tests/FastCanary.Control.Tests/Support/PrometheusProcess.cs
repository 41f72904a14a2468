using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests.Support;

/// <summary>A real Prometheus with a folder of its own, which scrapes itself once a second.</summary>
internal sealed class PrometheusProcess : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ChildProcess _process;

    public PrometheusProcess()
    {
        string prometheus = Tool.Prometheus();
        int port = Ports.Free();
        Address = new Uri($"http://127.0.0.1:{port}");
        string config = _folder.Write(
            "prometheus.yml",
            $$"""
            global: { scrape_interval: 1s }
            scrape_configs:
              - job_name: self
                static_configs: [ { targets: ["127.0.0.1:{{port}}"] }, { targets: ["localhost:{{port}}"] } ]
            """);
        _process = new ChildProcess(
            prometheus,
            [$"--config.file={config}", $"--storage.tsdb.path={_folder.File("data")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"],
            _folder.Path);
        Eventually.Holds(() => _process.HasExited || Answers("/-/ready"), () => "Prometheus is ready\n" + string.Join('\n', _process.Errors));
        if (_process.HasExited) Assert.Fail("Prometheus ended at its start:\n" + string.Join('\n', _process.Errors));
    }

    public Uri Address { get; }

    public void Dispose()
    {
        _process.Dispose();
        _folder.Dispose();
    }

    private bool Answers(string path)
    {
        using var http = new OutboundHttp(TimeProvider.System);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        return http.SendAsync(request, bodyBytesMax: 0, TimeSpan.FromSeconds(5), CancellationToken.None).GetAwaiter().GetResult().IsSuccess;
    }
}
