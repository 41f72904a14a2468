using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using FastCanary.EndToEnd.Tests.Kit;
using FastCanary.Proxy;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Control.Tests.Metrics;

/// <summary>What a scrape says, and that it costs no memory.</summary>
public sealed class MetricsTextTests
{
    private readonly MetricsText _metrics = new();
    private readonly FakeCounters _counters = new();

    [Fact]
    public void Requests_are_told_by_version_and_the_codes_that_occurred()
    {
        _counters.Fill = static (version, totals) =>
        {
            if (version.Name != "canary") return;
            totals.Statuses[0] = 1;
            totals.Statuses[100] = 41;
            totals.Statuses[503 - 100] = 2;
            totals.Statuses[899] = 3;
        };
        Assert.Equal(
            [
                """http_requests_total{service="search",version="canary",status="100"} 1""",
                """http_requests_total{service="search",version="canary",status="200"} 41""",
                """http_requests_total{service="search",version="canary",status="503"} 2""",
                """http_requests_total{service="search",version="canary",status="999"} 3""",
            ],
            Samples("http_requests_total"));
    }

    [Fact]
    public void Latencies_are_a_histogram_of_seconds()
    {
        _counters.Fill = static (version, totals) =>
        {
            foreach (var micros in new long[] { 0, 499, 600, 2_000, 99_000, 101_000, 29_000_000, 31_000_000, 500_000_000 }) totals.Latency[LatencyScale.IndexOf(micros)]++;
            totals.LatencySumMicros = 1_234_567;
        };
        string[] expected =
        [
            "0.0005 2", "0.001 3", "0.0025 4", "0.005 4", "0.01 4", "0.025 4", "0.05 4", "0.1 5", "0.25 6", "0.5 6", "1 6", "2.5 6", "5 6", "10 6", "30 7", "+Inf 9",
        ];
        var samples = Samples("http_response_time_seconds").Where(static line => line.Contains("""version="canary",le=""", StringComparison.Ordinal) || line.Contains("""version="canary"}""", StringComparison.Ordinal)).ToArray();
        Assert.Equal(expected.Select(static each => $$"""http_response_time_seconds_bucket{service="search",version="canary",le="{{each.Split(' ')[0]}}"} {{each.Split(' ')[1]}}"""), samples[..16]);
        Assert.Equal("""http_response_time_seconds_sum{service="search",version="canary"} 1.234567""", samples[16]);
        Assert.Equal("""http_response_time_seconds_count{service="search",version="canary"} 9""", samples[17]);
    }

    [Fact]
    public void A_latency_is_at_most_a_fine_bucket_away_from_the_edge_that_it_is_counted_under()
    {
        var edges = new long[] { 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 30_000_000 };
        var latency = new long[LatencyScale.Count];
        var sums = new long[LatencyBuckets.Count];
        for (var i = 0; i < edges.Length; i++)
        {
            foreach (var (micros, isUnder) in new[] { (edges[i] * 992 / 1000, 1), (edges[i] * 1008 / 1000, 0) })
            {
                Array.Clear(latency);
                latency[LatencyScale.IndexOf(micros)] = 1;
                Assert.Equal(1, LatencyBuckets.Sum(latency, sums));
                Assert.Equal(isUnder, sums[i]);
            }

            Assert.Equal(edges[i] / 1e6, double.Parse(Encoding.ASCII.GetString(LatencyBuckets.Text(i)), CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void What_happened_to_a_versions_requests_is_told()
    {
        _counters.Fill = static (_, totals) =>
        {
            totals.Requests = 10;
            totals.Failures = 11;
            totals.Business = 12;
            totals.Counters = new VersionCounters { Failures = 1, Diverted = 2, Retries = 3, Rescued = 4, OverBudget = 5, Queued = 6, Faults = 7 };
        };
        var text = Text();
        foreach (var (name, value) in new[]
                 {
                     ("fastcanary_requests_total{", 10), ("fastcanary_request_failures_total{", 11), ("fastcanary_business_errors_total{", 12), ("fastcanary_failed_tries_total{", 1),
                     ("fastcanary_diverted_total{", 2), ("fastcanary_retries_over_budget_total{", 5), ("fastcanary_queued_total{", 6), ("fastcanary_faults_injected_total{", 7),
                 })
        {
            Assert.Contains($"\n{name}service=\"search\",version=\"canary\"}} {value}\n", text);
        }

        Assert.Contains("\nfastcanary_retries_total{service=\"search\",version=\"canary\",reason=\"retry\"} 3\n", text);
        Assert.Contains("\nfastcanary_retries_total{service=\"search\",version=\"canary\",reason=\"rescue\"} 4\n", text);
    }

    [Fact]
    public void Weights_shares_and_endpoints_are_told()
    {
        _counters.Down.Add("127.0.0.1:8083");
        var text = Text();
        Assert.Contains("\nfastcanary_version_weight{service=\"search\",version=\"stable\"} 90\n", text);
        Assert.Contains("\nfastcanary_version_intended_share{service=\"search\",version=\"canary\"} 0.1\n", text);
        Assert.Contains("\nfastcanary_version_share{service=\"search\",version=\"stable\"} 0.875\n", text);
        Assert.Contains("\nfastcanary_version_share{service=\"search\",version=\"canary\"} 0.125\n", text);
        Assert.Contains("\nfastcanary_version_share{service=\"web\",version=\"only\"} NaN\n", text);
        Assert.Contains("\nfastcanary_endpoint_up{service=\"search\",version=\"canary\",endpoint=\"127.0.0.1:8082\"} 1\n", text);
        Assert.Contains("\nfastcanary_endpoint_up{service=\"search\",version=\"canary\",endpoint=\"127.0.0.1:8083\"} 0\n", text);
        Assert.Contains("\nfastcanary_endpoint_failures_total{service=\"search\",version=\"canary\",endpoint=\"127.0.0.1:8083\"} 4\n", text);
        Assert.Contains("\nfastcanary_endpoint_ejections_total{service=\"search\",version=\"canary\",endpoint=\"127.0.0.1:8083\"} 0\n", text);
        Assert.Contains("\nfastcanary_upstream_connections{service=\"web\",version=\"only\",state=\"active\"} 2\n", text);
        Assert.Contains("\nfastcanary_upstream_connections{service=\"web\",version=\"only\",state=\"idle\"} 3\n", text);
        Assert.Contains("\nfastcanary_connections{listener=\"[::]:8080\"} 5\n", text);
    }

    [Fact]
    public void A_rollout_is_told_and_a_service_without_one_has_no_phase()
    {
        var text = Text();
        Assert.Equal(
            ["Idle 0", "Progressing 1", "Paused 0", "Promoted 0", "Aborting 0", "Aborted 0"],
            Samples("fastcanary_rollout_phase").Select(static line => line.Replace("fastcanary_rollout_phase{service=\"search\",phase=\"", "", StringComparison.Ordinal).Replace("\"}", "", StringComparison.Ordinal)));
        Assert.Contains("\nfastcanary_rollout_step{service=\"search\"} 2\n", text);
        Assert.Contains("\nfastcanary_evidence_log10{service=\"search\",guard=\"latency p99\"} -0.25\n", text);
        Assert.Contains("\nfastcanary_evidence_log10{service=\"search\",guard=\"query \\\"orders\\\"\"} +Inf\n", text);
        Assert.Contains("\nfastcanary_decisions_total{service=\"search\",decision=\"advanced\"} 3\n", text);
        Assert.Contains("\nfastcanary_decisions_total{service=\"web\",decision=\"weights\"} 1\n", text);
    }

    [Fact]
    public void A_version_that_is_mirrored_to_has_every_result_and_the_others_have_none()
    {
        var snapshot = TwoServices();
        snapshot.Services[0].Versions[1].State.Mirror.Add(MirrorCount.Mirrored);
        snapshot.Services[0].Versions[1].State.Mirror.Add(MirrorCount.BodyChanged);
        var text = Text(Input(snapshot));
        Assert.Contains("\nfastcanary_mirrored_total{service=\"search\",version=\"canary\"} 1\n", text);
        Assert.Contains("\nfastcanary_mirror_results_total{service=\"search\",version=\"canary\",result=\"body_changed\"} 1\n", text);
        Assert.Contains("\nfastcanary_mirror_results_total{service=\"search\",version=\"canary\",result=\"equal\"} 0\n", text);
        Assert.DoesNotContain("fastcanary_mirrored_total{service=\"search\",version=\"stable\"}", text);
    }

    [Fact]
    public void The_program_is_told()
    {
        var text = Text();
        foreach (var outcome in Enum.GetValues<ExchangeOutcome>())
        {
            var name = string.Concat(outcome.ToString().Select(static (letter, at) => char.IsUpper(letter) && at > 0 ? "_" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));
            Assert.Contains($"\nfastcanary_exchanges_total{{outcome=\"{name}\"}} {(int)outcome}\n", text);
        }

        Assert.Contains("\nfastcanary_config_reloads_total{result=\"success\"} 7\n", text);
        Assert.Contains("\nfastcanary_config_reloads_total{result=\"failure\"} 8\n", text);
        Assert.Contains("\nfastcanary_access_log_dropped_total 9\n", text);
        Assert.Contains("\nfastcanary_build_info{version=\"0.1.0\",transport=\"epoll\"} 1\n", text);
    }

    [Fact]
    public void The_process_is_told_as_it_is()
    {
        using var self = Process.GetCurrentProcess();
        var (residentBefore, virtualBefore) = (self.WorkingSet64, self.VirtualMemorySize64);
        var values = Text().Split('\n').Where(static line => line.StartsWith("process_", StringComparison.Ordinal) || line.StartsWith("dotnet_", StringComparison.Ordinal))
            .ToDictionary(static line => line[..line.LastIndexOf(' ')], static line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        self.Refresh();
        Assert.InRange(values["process_cpu_seconds_total"], 0.01, self.TotalProcessorTime.TotalSeconds + 1);
        Assert.InRange(values["process_resident_memory_bytes"], Math.Min(residentBefore, self.WorkingSet64) * 0.5, Math.Max(residentBefore, self.WorkingSet64) * 2.0);
        Assert.InRange(values["process_virtual_memory_bytes"], Math.Min(virtualBefore, self.VirtualMemorySize64) * 0.5, Math.Max(virtualBefore, self.VirtualMemorySize64) * 2.0);
        Assert.InRange(values["process_threads"], 2, 10_000);
        Assert.InRange(values["process_start_time_seconds"], new DateTimeOffset(self.StartTime).ToUnixTimeSeconds() - 5, new DateTimeOffset(self.StartTime).ToUnixTimeSeconds() + 5);
        Assert.InRange(values["dotnet_gc_heap_total_allocated_bytes_total"], 1000, double.MaxValue);
        Assert.True(values["dotnet_gc_collections_total{generation=\"0\"}"] >= values["dotnet_gc_collections_total{generation=\"2\"}"]);
        if (!OperatingSystem.IsLinux()) return;
        var before = new ProcessUsage();
        before.Read();
        // More than other tests of this process, which run beside this one, close or open meanwhile.
        var opened = Enumerable.Range(0, 2000).Select(static _ => File.OpenHandle("/dev/null")).ToArray();
        var after = new ProcessUsage();
        after.Read();
        foreach (var file in opened) file.Dispose();
        Assert.InRange(after.OpenDescriptors - before.OpenDescriptors, 1000, 3000);
        Assert.InRange(after.DescriptorsMax, after.OpenDescriptors, double.PositiveInfinity);
    }

    [Fact]
    public void Labels_are_escaped() =>
        Assert.Equal("""a="x\\y\"z\nä" """[..^1], Encoding.UTF8.GetString(MetricsWriter.Label("a", "x\\y\"z\nä")));

    [Fact]
    public void Every_family_is_told_of_once_ahead_of_its_series()
    {
        var families = new List<string>();
        foreach (var line in Text().TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                families.Add(line.Split(' ')[2]);
                continue;
            }

            var name = line.StartsWith("# TYPE ", StringComparison.Ordinal) ? line.Split(' ')[2] : line.Split('{', ' ')[0];
            Assert.StartsWith(families[^1], name);
            Assert.Contains(name[families[^1].Length..], new[] { "", "_bucket", "_sum", "_count" });
        }

        Assert.Equal(families.Distinct(), families);
    }

    [Fact]
    public void Every_metric_is_documented_and_no_other_is()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(directory.FullName, "docs"))) directory = directory.Parent!;
        var rows = File.ReadLines(Path.Combine(directory.FullName, "docs", "metrics.md")).Where(static line => line.StartsWith("| `", StringComparison.Ordinal));
        var documented = rows.SelectMany(static row => row.Split('|')[1].Split(',')).Select(static name => name.Trim(' ', '`'));
        var told = Text().Split('\n').Where(static line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(static line => line.Split(' ')[2]);
        Assert.Equal(told.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Promtool_has_nothing_to_find_fault_with()
    {
        var promtool = Tool.Promtool();
        Busy();
        using var process = Process.Start(new ProcessStartInfo(promtool, ["check", "metrics"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.StandardInput.Write(Text());
        process.StandardInput.Close();
        var said = process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(("", 0), (said, process.ExitCode));
    }

    [Fact]
    public void No_series_costs_an_allocation()
    {
        Busy();
        var (few, fewBytes) = Allocated(10);
        var (many, manyBytes) = Allocated(1000);
        Assert.True(manyBytes > 50 * fewBytes, $"{fewBytes} and {manyBytes} bytes of text");
        Assert.True(many <= few + 64, $"10 versions allocate {few} bytes, 1,000 allocate {many}");
    }

    [Fact]
    public void A_new_snapshot_gets_its_own_labels()
    {
        Assert.Contains("version=\"canary\"", Text());
        Assert.DoesNotContain("version=\"canary\"", Text(Input(Many(3))));
        Assert.Contains("version=\"canary\"", Text());
    }

    [Fact]
    public void A_data_planes_counters_are_told()
    {
        using var data = new DataPlane(1, TransportBackend.Auto);
        var snapshot = TwoServices();
        var counters = new DataPlaneCounters(data);
        var text = Text(Input(snapshot) with { Traffic = counters });
        Assert.Contains("\nfastcanary_connections{listener=\"[::]:8080\"} 0\n", text);
        Assert.Contains("\nfastcanary_requests_total{service=\"web\",version=\"only\"} 0\n", text);
        var endpoint = snapshot.Services[0].Versions[1].Endpoints[0];
        Assert.True(counters.IsUp(endpoint));
        endpoint.State.SetDown(isDown: true);
        Assert.False(counters.IsUp(endpoint));
    }

    private static Snapshot Compile(string yaml)
    {
        var errors = new List<ConfigError>();
        return new SnapshotCompiler(new StateTable()).Compile(Tests.Sample.Config(yaml), errors) ?? throw new InvalidOperationException(string.Join("; ", errors));
    }

    private static Snapshot TwoServices() => Compile(
        """
        listeners:
          - { address: "[::]:8080", service: search }
          - { address: 127.0.0.1:5432, protocol: tcp, service: web }
        services:
          search:
            versions:
              stable: { weight: 90, endpoints: ["127.0.0.1:8081"] }
              canary: { weight: 10, endpoints: ["127.0.0.1:8082", "127.0.0.1:8083"] }
          web:
            versions: { only: { endpoints: ["127.0.0.1:8084"] } }
        """);

    private static Snapshot Many(int versions) => Compile(
        $"""
        listeners: [ {"{"} address: "127.0.0.1:8080", service: s {"}"} ]
        services:
          s:
            versions:
        {string.Join('\n', Enumerable.Range(0, versions).Select(static i => $"      v{i}: {{ weight: 1, endpoints: [\"127.0.0.1:8081\"] }}"))}
        """);

    private MetricsInput Input(Snapshot snapshot) => new()
    {
        Version = "0.1.0",
        Transport = "epoll",
        Snapshot = snapshot,
        Traffic = _counters,
        Services =
        [
            new ServiceMetrics
            {
                Shares = [0.875, 0.125],
                Phase = "Progressing",
                Step = 2,
                Evidence = [new GuardEvidence("latency p99", -0.25), new GuardEvidence("query \"orders\"", double.PositiveInfinity)],
                Decisions = [new DecisionCount("started", 1), new DecisionCount("advanced", 3)],
            },
            new ServiceMetrics { Shares = [double.NaN], Decisions = [new DecisionCount("weights", 1)] },
        ],
        ReloadsSucceeded = 7,
        ReloadsFailed = 8,
        AccessLogDropped = 9,
    };

    private (long Allocated, int TextBytes) Allocated(int versions)
    {
        var input = Input(Many(versions));
        var metrics = new MetricsText();
        var output = new ArrayBufferWriter<byte>(64 << 20);
        for (var i = 0; i < 5; i++) Write();
        var least = long.MaxValue;
        // A collection lets go what .NET keeps for the next look at a file, some hundred bytes: tries go on until five had none.
        for (var (undisturbed, tries) = (0, 0); undisturbed < 5 && tries < 100; tries++)
        {
            var collections = GC.CollectionCount(0);
            Write();
            var before = GC.GetAllocatedBytesForCurrentThread();
            Write();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            if (GC.CollectionCount(0) == collections) undisturbed++;
        }

        return (least, output.WrittenCount);

        void Write()
        {
            output.ResetWrittenCount();
            metrics.Write(output, input);
        }
    }

    private void Busy() => _counters.Fill = static (_, totals) =>
    {
        totals.Statuses[100] = totals.Statuses[401] = 12345;
        totals.Latency[1000] = 24690;
        totals.LatencySumMicros = 987_654_321;
        totals.Requests = 24690;
    };

    private string Text() => Text(Input(TwoServices()));

    private string Text(MetricsInput input)
    {
        var output = new ArrayBufferWriter<byte>();
        _metrics.Write(output, input);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private string[] Samples(string family) => [.. Text().Split('\n').Where(line => line.StartsWith(family, StringComparison.Ordinal))];
}
