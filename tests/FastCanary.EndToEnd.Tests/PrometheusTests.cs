using System.Globalization;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.EndToEnd.Tests;

/// <summary>A real Prometheus reads the program's metrics, and the program's rollouts ask it.</summary>
public sealed class PrometheusTests : IDisposable
{
    private const string Operator = "operator-token-0123456789";
    private const string Viewer = "viewer-token-0123456789";
    private const string Tokens = $", tokens: {{ operator: {Operator}, viewer: {Viewer} }}";

    private readonly ScriptedOrigin _stable = ScriptedOrigin.Answering(static request =>
    {
        if (request.Target == "/slow") Thread.Sleep(60);
        return request.Target == "/fails" ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n" : ScriptedOrigin.Response("stable");
    });

    private readonly ScriptedOrigin _canary = ScriptedOrigin.Answering("canary");
    private readonly int _port = Ports.Free();
    private readonly int _adminPort = Ports.Free();

    public void Dispose()
    {
        _stable.Dispose();
        _canary.Dispose();
    }

    [Fact]
    public void What_it_scrapes_is_what_was_sent()
    {
        using var proxy = FastCanaryProcess.Start(Configuration.Release(_port, _adminPort, _stable.Port, _canary.Port, tokens: Tokens));
        using var admin = new AdminApi(_adminPort, Operator);
        using var prometheus = new PrometheusProcess(_adminPort, Viewer);
        using (var client = new RawClient(_port))
        {
            for (var i = 0; i < 20; i++) Assert.Equal(200, client.Get(i < 15 ? "/slow" : "/").Status);
            for (var i = 0; i < 3; i++) Assert.Equal(503, client.Get("/fails").Status);
            admin.Do("start");
            for (var i = 0; i < 40; i++) client.Get();
        }

        prometheus.WaitFor("""http_requests_total{service="web",version="stable",status="200"}""", static value => value == 40);
        prometheus.WaitFor("""http_requests_total{service="web",version="canary",status="200"}""", static value => value == 20);
        prometheus.WaitFor("""http_requests_total{service="web",version="stable",status="503"}""", static value => value == 3);
        Assert.Equal(3, prometheus.Query("http_requests_total").Count);
        // All since the start: the histogram itself.
        prometheus.WaitFor("""http_response_time_seconds_count{service="web",version="stable"}""", static value => value == 43);
        // 15 of 43 waited 60 ms: they are between the edges of 50 and of 100 ms, unless the machine stood still.
        prometheus.WaitFor("""histogram_quantile(0.95, sum by (le) (http_response_time_seconds_bucket{version="stable"}))""", static value => value is > 0.05 and < 30);
        prometheus.WaitFor("""http_response_time_seconds_bucket{version="stable",le="0.05"}""", static value => value is <= 28);
        prometheus.WaitFor("""http_response_time_seconds_sum{version="stable"}""", static value => value is >= 0.9 and < 60);
        prometheus.WaitFor("""fastcanary_version_share{version="canary"}""", static value => Math.Abs(value - (20.0 / 63)) < 1e-6);
        prometheus.WaitFor("""fastcanary_version_intended_share{version="canary"}""", static value => value == 0.5);
        prometheus.WaitFor("""fastcanary_rollout_phase{service="web"} == 1""", static value => value == 1);
        Assert.Equal("Progressing,web", prometheus.Query("fastcanary_rollout_phase == 1").Single().Key);
        Assert.Equal(6, prometheus.Query("fastcanary_rollout_phase").Count);
        prometheus.WaitFor("fastcanary_rollout_step", static value => value == 1);
        prometheus.WaitFor("""fastcanary_decisions_total{decision="started"}""", static value => value == 1);
        prometheus.WaitFor("sum(fastcanary_endpoint_up)", static value => value == 2);
        prometheus.WaitFor("dotnet_gc_heap_total_allocated_bytes_total", static value => value > 1000);
        var resident = proxy.ResidentKiB() * 1024.0;
        prometheus.WaitFor("process_resident_memory_bytes", value => value > resident / 2 && value < resident * 2);
        admin.Do("abort");
        Eventually.Holds(() => prometheus.Query("fastcanary_rollout_phase == 1").Keys.SingleOrDefault() == "Aborted,web", "the phase is seen");
    }

    [Fact]
    public void Promtool_finds_nothing_wrong_with_the_metrics_of_a_program_at_work()
    {
        var promtool = Tool.Promtool();
        using var proxy = FastCanaryProcess.Start(Configuration.Release(_port, _adminPort, _stable.Port, _canary.Port));
        using var admin = new AdminApi(_adminPort);
        admin.Do("start");
        using (var client = new RawClient(_port))
            for (var i = 0; i < 20; i++) client.Get(i % 4 == 0 ? "/fails" : "/");
        admin.Do("abort");
        using var folder = new TempFolder();
        var metrics = folder.Write("metrics", admin.Call("GET", "/metrics").Text);
        var ended = ChildProcess.Run("sh", ["-c", $"'{promtool}' check metrics < '{metrics}'"]);
        Assert.True(ended is { Code: 0, Errors.Length: 0, Output.Length: 0 }, ended.ToString());
    }

    [Fact]
    public void A_query_over_its_maximum_aborts_the_rollout()
    {
        using var prometheus = new PrometheusProcess(_adminPort, Viewer);
        using var proxy = FastCanaryProcess.Start(Queried(prometheus, "orders", "sum(http_requests_total{version=\"canary\"})", max: 5));
        using var admin = new AdminApi(_adminPort, Operator);
        admin.Do("start");
        using (var client = new RawClient(_port))
            for (var i = 0; i < 20; i++) client.Get();
        admin.WaitFor("Aborted");
        Assert.Equal("stable=1 canary=0", Normal(admin));
        var reason = admin.Rollout().GetProperty("reason").GetString()!;
        Assert.Contains("orders", reason, StringComparison.Ordinal);
        using (var client = new RawClient(_port)) Assert.All(Enumerable.Range(0, 10).Select(_ => client.Get().Text), static text => Assert.Equal("stable", text));
    }

    [Fact]
    public void A_query_without_data_holds_the_rollout_and_the_status_says_so()
    {
        using var prometheus = new PrometheusProcess(_adminPort, Viewer);
        using var proxy = FastCanaryProcess.Start(Queried(prometheus, "orders", "sum(there_is_no_such_metric)", max: 5));
        using var admin = new AdminApi(_adminPort, Operator);
        admin.Do("start");
        using var load = Load.Begin(_port, connections: 2);
        Eventually.Holds(() => Problems(admin).Contains("orders: no data", StringComparison.Ordinal), () => "a problem; " + admin.Service());
        // The step's time and requests are over many times; three more looks do not advance it.
        Eventually.Holds(() => admin.Rollout().GetProperty("advance").GetProperty("missingRequests").ValueKind == System.Text.Json.JsonValueKind.Null || admin.Rollout().GetProperty("advance").GetProperty("missingRequests").GetInt64() == 0, () => "evidence enough; " + admin.Service());
        Thread.Sleep(3000);
        load.Stop();
        Assert.Equal("Progressing", admin.Phase());
        Assert.Equal(1, admin.Rollout().GetProperty("step").GetInt32());
        Assert.False(admin.Rollout().GetProperty("advance").GetProperty("ready").GetBoolean());
        Assert.Contains("orders", admin.Rollout().GetProperty("advance").GetProperty("waitsFor").ToString(), StringComparison.Ordinal);
        proxy.WaitForLog("no data");
        var status = FastCanaryProcess.Run("status", "--admin", admin.Address, "--token", Viewer);
        Assert.Equal(0, status.Code);
        Assert.Contains(status.Output, static line => line.Contains("no data", StringComparison.Ordinal));
    }

    private static string Problems(AdminApi admin) => admin.Rollout().GetProperty("problems").ToString();

    private static string Normal(AdminApi admin) => string.Join(
        ' ',
        admin.Service().GetProperty("versions").EnumerateArray().Select(static version => string.Create(CultureInfo.InvariantCulture, $"{version.GetProperty("name")}={version.GetProperty("intended").GetDouble()}")));

    private string Queried(PrometheusProcess prometheus, string name, string query, int max) => Configuration.Release(
        _port,
        _adminPort,
        _stable.Port,
        _canary.Port,
        $$"""steps: [{ weight: 50%, hold: 1ms }, { weight: 100% }], analysis: { minRequests: 1, queries: [{ name: {{name}}, prometheus: "{{prometheus.Address}}", query: '{{query}}', max: {{max}}, interval: 1s }] }""",
        Tokens);
}
