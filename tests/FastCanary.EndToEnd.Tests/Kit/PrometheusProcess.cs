using System.Globalization;
using System.Net;
using System.Text.Json;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>A real Prometheus with a folder of its own, which scrapes one FastCanary every half second.</summary>
internal sealed class PrometheusProcess : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HttpClient _http;
    private readonly ChildProcess _process;

    /// <param name="admin">The port of the admin API that it scrapes.</param>
    /// <param name="token">The viewer's.</param>
    public PrometheusProcess(int admin, string token)
    {
        var prometheus = Tool.Prometheus();
        var port = Ports.Free();
        Address = $"http://127.0.0.1:{port}";
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(Address), Timeout = Eventually.Patience };
        var config = _folder.Write(
            "prometheus.yml",
            $$"""
            global: { scrape_interval: 500ms, scrape_timeout: 500ms }
            scrape_configs:
              - job_name: fastcanary
                authorization: { credentials: {{token}} }
                static_configs: [ { targets: ["127.0.0.1:{{admin}}"] } ]
            """);
        _process = new ChildProcess(
            prometheus,
            [$"--config.file={config}", $"--storage.tsdb.path={_folder.File("data")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"],
            _folder.Path);
        Eventually.Holds(() => _process.HasExited || IsReady(), () => "Prometheus is ready\n" + string.Join('\n', _process.Errors));
        if (_process.HasExited) Assert.Fail("Prometheus ended at its start:\n" + string.Join('\n', _process.Errors));
    }

    public string Address { get; }

    /// <summary>Asks an instant query; the answer's samples by the values of their labels but job, instance and the name, joined by commas in the order of the labels' names.</summary>
    public Dictionary<string, double> Query(string query)
    {
        using var answer = _http.GetAsync(new Uri("/api/v1/query?query=" + Uri.EscapeDataString(query), UriKind.Relative), TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        var text = answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().ToDictionary(
            static sample => string.Join(
                ',',
                sample.GetProperty("metric").EnumerateObject().Where(static label => label.Name is not ("job" or "instance" or "__name__")).OrderBy(static label => label.Name, StringComparer.Ordinal).Select(static label => label.Value.GetString())),
            static sample => double.Parse(sample.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture),
            StringComparer.Ordinal);
    }

    /// <summary>Waits for the only answer of a query to be as it should.</summary>
    public void WaitFor(string query, Predicate<double> isRight)
    {
        var seen = new Dictionary<string, double>(StringComparer.Ordinal);
        Eventually.Holds(
            () => (seen = Query(query)).Count == 1 && isRight(seen.Values.Single()),
            () => $"{query}: {string.Join("; ", seen)}");
    }

    public void Dispose()
    {
        _process.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    private bool IsReady()
    {
        try
        {
            using var answer = _http.GetAsync(new Uri("/-/ready", UriKind.Relative)).GetAwaiter().GetResult();
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
