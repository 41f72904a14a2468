using FastCanary.Control;
using FastCanary.Proxy;
using FastCanary.Traffic;
using Microsoft.Extensions.Logging;

namespace FastCanary.Control.Tests;

public class ContractExampleTests
{
    /// <summary>The contract's example, whole; what it shows of features to come is refused by name and nothing else is.</summary>
    private const string Example = """
        listeners:
          - address: 0.0.0.0:8080         # [::]:8080 too
            protocol: http                # http (default) | tcp
            service: search               # or routes:, first match wins
            # routes:
            #   - { host: shop.example, path: /api/, service: search }
            #   - { service: web }
            timeouts: { requestHead: 10s, requestBody: 30s, idle: 75s }              # requestBody: without progress
            limits: { requestHead: 32KiB, requestLine: 16KiB, headers: 100, connections: 0 }   # 0: no limit
            trustedProxies: []                                         # CIDRs whose X-Forwarded-* and PROXY lines are believed
        admin:
          address: 127.0.0.1:9901         # a non-loopback address without tokens is refused at start
          tokens: { operator: "${FASTCANARY_OPERATOR_TOKEN:-}", viewer: "" }
        services:
          search:
            versions:
              stable: { weight: 10, endpoints: ["127.0.0.1:8081"] }
              canary: { weight: 5,  endpoints: ["127.0.0.1:8082", { address: "127.0.0.1:8083", weight: 2 }] }
            rules:                        # first match wins; no match: affinity, then the split
              - { header: { X-Canary: "true" }, version: canary }
              - { path: /new-feature, version: canary }             # prefix on a segment boundary
              - { cookie: { beta: "1" }, query: { v: "2" }, method: [GET], host: beta.example, country: [US], version: canary }
            affinity: { key: "header X-User-Id", salt: "2026-11" }   # header NAME | cookie NAME | query NAME | client-ip
            features:                     # feature flags: bucketed users get a request header to the upstream
              - { name: new-ranking, percent: 20%, header: X-Feature-New-Ranking }
            health: { path: /health, interval: 2s, timeout: 1s, rise: 2, fall: 3, status: [200] }
            outlier: { consecutiveFailures: 5, eject: 30s, maxEjected: 50% }
            timeouts: { connect: 1s, response: 30s, responseBody: 60s, upstreamIdle: 60s, tunnel: 1h }
            retry: { attempts: 1, budget: 20%, rescue: false }       # rescue: retry a failed canary request on the baseline
            limits: { requestBody: 0, responseHead: 64KiB }
            mirror: { version: canary, percent: 5%, compare: true }
            fault: { percent: 5%, status: 500, delay: 0-500ms, version: canary }           # drills only
            rollout:
              canary: canary
              baseline: stable
              steps:
                - { weight: 1%,  hold: 1m }
                - { weight: 5%,  hold: 2m }
                - { weight: 25%, hold: 5m }
                - { pause: true }                                    # a manual gate: waits for promote
                - { weight: 50%, hold: 5m }
                - { weight: 100% }
              analysis:
                falseAbort: 1%                                       # P(abort of a no-worse release), over the whole rollout
                minRequests: 100
                errors:   { status: [5xx], maxRate: 5%, compare: true }
                latency:  { quantiles: [p50, p90, p99], maxIncrease: 30% }
                resources: { cpu: 70%, memory: 90%, from: "prometheus http://127.0.0.1:9100/metrics" }
                business: { header: X-Business-Error, max: 0 }
                queries:
                  - { name: orders, prometheus: "http://127.0.0.1:9090", query: "...", max: 0 }
              onFailure: { action: rollback, mode: immediate }       # rollback | hold; immediate | gradual (with step: 20%)
              notify:
                - { webhook: "https://hooks.example/x", on: [aborted, promoted, paused] }
                - { alertmanager: "http://127.0.0.1:9093", on: [aborted] }
        configSource: { etcd: "http://127.0.0.1:2379", prefix: fastcanary/ }   # or { consul: "http://127.0.0.1:8500", key: canary/config }
        geoip: { database: /var/lib/fastcanary/country.mmdb }
        log: { access: { path: "-", format: json, sample: 100% }, level: info }
        tracing: { otlp: "http://127.0.0.1:4318", sample: 1% }
        state: { path: /var/lib/fastcanary }                          # live weights, rollout state and journal survive a restart
        runtime: { transport: auto, loops: 0 }                        # auto | epoll | sockets; 0: one per core
        """;

    private const string WithDrills = $"allowFaultInjection: true\n{Example}";

    [Fact]
    public void Only_features_to_come_are_refused_and_by_name() =>
        Assert.Equal(
            new[] { "configSource", "tracing" }.Select(path => $"{path}: \"{path}\" is not supported yet"),
            Sample.Parse(WithDrills).Errors.Select(error => $"{error.Path}: {error.Message}"));

    [Fact]
    public void Its_fault_drill_needs_a_permission() =>
        Assert.Equal(
            ["a fault drill fails requests on purpose; it needs \"allowFaultInjection: true\" at the top of the file"],
            Sample.Parse(Example).Errors.Where(error => error.Path == "services.search.fault").Select(error => error.Message));

    [Fact]
    public void Nothing_of_it_is_warned_of() => Assert.Empty(Sample.Parse(Example).Warnings);

    [Fact]
    public void What_it_shows_of_traffic_is_read()
    {
        ServiceConfig service = Sample.Config(WithoutWhatIsToCome()).Services[0];
        Assert.Equal(["canary", "canary", "canary"], service.Rules.Select(rule => rule.Version));
        Assert.Equal(("X-Canary", "true"), (service.Rules[0].Headers[0].Name, service.Rules[0].Headers[0].Values[0]));
        Assert.Equal("/new-feature", service.Rules[1].Path);
        Assert.Equal((AffinityKeySource.Header, "X-User-Id", "2026-11"), (service.Affinity!.Source, service.Affinity.Name, service.Affinity.Salt));
        Assert.Equal(("new-ranking", 2000, "X-Feature-New-Ranking"), (service.Features[0].Name, service.Features[0].BasisPoints, service.Features[0].Header));
        Assert.Equal((5, 30.0, 5000), (service.Outlier!.ConsecutiveFailures, service.Outlier.Eject.TotalSeconds, service.Outlier.EjectedMaxBasisPoints));
        Assert.Equal((1, 2000, false), (service.Retry!.Attempts, service.Retry.BudgetBasisPoints, service.Retry.Rescue));
        Assert.Equal(("canary", 500, true), (service.Mirror!.Version, service.Mirror.BasisPoints, service.Mirror.Compare is not null));
        Assert.Equal(("canary", 500, 500, 0.0, 500.0), (service.Fault!.Version, service.Fault.BasisPoints, service.Fault.Status, service.Fault.DelayMin.TotalMilliseconds, service.Fault.DelayMax.TotalMilliseconds));
    }

    [Fact]
    public void What_it_shows_of_releases_is_read()
    {
        FastCanaryConfig config = Sample.Config(WithoutWhatIsToCome());
        Assert.Equal(("127.0.0.1:9901", true, "", ""), (config.Admin.Address, config.Admin.IsWritten, config.Admin.OperatorToken, config.Admin.ViewerToken));
        Assert.Equal((LogLevel.Information, "-", AccessLogFormat.Json, 10_000), (config.Log.Level, config.Log.Access!.Path, config.Log.Access.Format, config.Log.Access.SampleBasisPoints));
        Assert.Equal("/var/lib/fastcanary", config.State!.Path);
        ServiceConfig service = config.Services[0];
        HealthConfig health = service.Health!;
        Assert.Equal(("/health", 2.0, 1.0, 2, 3), (health.Path, health.Interval.TotalSeconds, health.Timeout.TotalSeconds, health.Rise, health.Fall));
        Assert.Equal([200], health.Statuses.Statuses);

        RolloutConfig rollout = service.Rollout!;
        Assert.Equal(("canary", "stable"), (rollout.Canary, rollout.Baseline));
        Assert.Equal(
            [(100, 1.0, false), (500, 2.0, false), (2500, 5.0, false), (0, 0.0, true), (5000, 5.0, false), (10_000, 0.0, false)],
            rollout.Steps.Select(step => (step.WeightBasisPoints, step.Hold.TotalMinutes, step.IsPause)));
        AnalysisConfig analysis = rollout.Analysis;
        Assert.Equal((100, 100, 500, true), (analysis.FalseAbortBasisPoints, analysis.MinRequests, analysis.Errors.MaxRateBasisPoints!.Value, analysis.Errors.Compare));
        Assert.Equal([500, 900, 990], analysis.Latency!.QuantilesPerMille);
        Assert.Equal(
            (7000, 9000, "http://127.0.0.1:9100/metrics"), (analysis.Resources!.CpuBasisPoints!.Value, analysis.Resources.MemoryBasisPoints!.Value, analysis.Resources.Url!.AbsoluteUri));
        Assert.Equal(("X-Business-Error", 0), (analysis.Business!.Header, analysis.Business.Max));
        QueryConfig query = Assert.Single(analysis.Queries);
        Assert.Equal(("orders", "http://127.0.0.1:9090/", "...", 0.0, null), (query.Name, query.Prometheus!.AbsoluteUri, query.Query, query.Max!.Value, query.Min));
        Assert.Equal(
            [(NotifyTarget.Webhook, "https://hooks.example/x", "aborted promoted paused"), (NotifyTarget.Alertmanager, "http://127.0.0.1:9093/", "aborted")],
            rollout.Notify.Select(notify => (notify.Target, notify.Url!.AbsoluteUri, string.Join(' ', notify.On))));
    }

    [Fact]
    public void Without_them_it_is_valid_and_every_value_shown_is_the_default()
    {
        FastCanaryConfig shown = Sample.Config(WithoutWhatIsToCome());
        FastCanaryConfig bare = Sample.Config(Sample.Listeners + Sample.Services);
        Assert.Equal(Values(bare), Values(shown));

        static string Values(FastCanaryConfig config)
        {
            ListenerConfig listener = config.Listeners[0];
            ServiceConfig service = config.Services[0];
            return $"{listener.Protocol} {listener.Timeouts.RequestHead} {listener.Timeouts.RequestBody} {listener.Timeouts.Idle} {listener.Limits.RequestHeadBytes}"
                + $" {listener.Limits.RequestLineBytes} {listener.Limits.Headers} {listener.Limits.Connections} {listener.TrustedProxies.Count} {service.ExposeVersion}"
                + $" {service.Timeouts.Connect} {service.Timeouts.Response} {service.Timeouts.ResponseBody} {service.Timeouts.UpstreamIdle} {service.Timeouts.Tunnel}"
                + $" {service.Limits.RequestBodyBytes} {service.Limits.ResponseHeadBytes} {config.Runtime.Transport} {config.Runtime.Loops}";
        }
    }

    private static string WithoutWhatIsToCome()
    {
        string[] later = [.. Sample.Parse(WithDrills).Errors.Select(error => error.Path)];
        var lines = new List<string>();
        bool skipping = false;
        foreach (string line in WithDrills.Split('\n'))
        {
            int depth = line.Length - line.TrimStart().Length;
            bool isKey = line.Length > depth && char.IsAsciiLetter(line[depth]) && depth is 0 or 4;
            if (isKey)
                skipping = later.Any(path => path.Split('.')[^1] == line.Trim().Split(':')[0] && path.Contains('.') == depth > 0);
            if (!skipping)
                lines.Add(line);
        }
        return string.Join('\n', lines);
    }
}
