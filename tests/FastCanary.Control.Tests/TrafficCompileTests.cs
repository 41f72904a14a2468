using System.Net;
using FastCanary.Control;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests;

public class TrafficCompileTests
{
    private const string Whole = """
        allowFaultInjection: true
        geoip: { database: c.mmdb }
        listeners:
          - { address: 0.0.0.0:8080, service: s, trustedProxies: [10.0.0.0/8], proxyProtocol: true, xForwarded: replace, forwarded: append }
          - { address: 0.0.0.0:8081, protocol: tcp, service: t }
        services:
          s:
            versions:
              stable: { endpoints: [{ address: "127.0.0.1:1", maxConnections: 7 }] }
              canary: { endpoints: ["127.0.0.1:2"] }
            rules:
              - { header: { X: a }, cookie: { b: { present: true } }, query: { q: { prefix: c } }, method: GET, host: h, path: /p, country: DE, network: 10.0.0.0/8, version: canary }
              - { version: stable }
            affinity: { key: cookie user, salt: x, assign: { path: /a, secure: true, httpOnly: false, sameSite: strict, maxAge: 1h } }
            features: [{ name: f, percent: 12.5%, header: X-F, value: "on" }]
            outlier: { consecutiveFailures: 3, failures: [connect, 5xx], eject: 4s, maxEjected: 30% }
            slowStart: 5s
            queue: { size: 6, timeout: 7s }
            retry: { attempts: 2, budget: 10%, rescue: true, on: [connect, 503] }
            mirror: { version: canary, percent: 25%, body: 8KiB, compare: { headers: [ETag], body: json, ignore: [$.a], limit: 9KiB } }
            fault: { version: canary, percent: 10%, status: 503, delay: 1-20ms }
          t:
            versions: { v: { endpoints: ["127.0.0.1:3"] } }
            proxyProtocol: v2
        """;

    [Fact]
    public void Every_value_reaches_its_model()
    {
        var countries = new Countries();
        var errors = new List<ConfigError>();
        Snapshot snapshot = new SnapshotCompiler(new StateTable(), _ => [], path => (path == "c.mmdb" ? countries : null, "")).Compile(Sample.Config(Whole), errors)!;
        Assert.Empty(errors);
        Assert.Same(countries, snapshot.Countries);
        ListenerModel http = snapshot.Listeners[0];
        Assert.Equal((true, ForwardedMode.Replace, ForwardedMode.Append), (http.TakesProxyProtocol, http.XForwarded, http.Forwarded));
        ListenerModel tcp = snapshot.Listeners[1];
        Assert.Equal((false, ForwardedMode.Append, ForwardedMode.Off), (tcp.TakesProxyProtocol, tcp.XForwarded, tcp.Forwarded));

        ServiceModel service = snapshot.Services[0];
        Assert.Equal((7, 0), (service.Versions[0].Endpoints[0].ConnectionsMax, service.Versions[1].Endpoints[0].ConnectionsMax));
        Assert.Equal((0, 1, 0), (service.BaselineIndex, service.Rules.VersionOf(0), service.Rules.VersionOf(1)));
        AffinityModel affinity = service.Affinity!;
        Assert.Equal((AffinityKeySource.Cookie, "user", "x"), (affinity.Source, affinity.Name, affinity.Salt));
        Assert.Equal(new AffinityCookie("user", "/a", Secure: true, HttpOnly: false, SameSite.Strict, 3600), affinity.Assign);
        FeatureModel feature = Assert.Single(service.Features);
        Assert.Equal(("f", 1250, "X-F", "on"), (feature.Name, feature.BasisPoints, feature.Header, feature.Value));
        Assert.Equal((3, 4000, 3000, OutlierFailures.Connect | OutlierFailures.Status5xx),
            (service.Outlier!.ConsecutiveFailures, service.Outlier.EjectMs, service.Outlier.EjectedMaxBasisPoints, service.Outlier.Counted));
        Assert.Equal((5000, new QueueModel(6, 7000)), (service.Versions[0].SlowStartMs, service.Queue));
        Assert.Equal((2, 1000, true, RetryCauses.Connect | RetryCauses.Status503),
            (service.Retry!.AttemptsMax, service.Retry.BudgetBasisPoints, service.Retry.Rescue, service.Retry.Causes));
        Assert.Equal((1, 4, 1, 8192), (service.Mirror!.VersionIndex, service.Mirror.Share.CycleLength, Ones(service.Mirror.Share), service.Mirror.RequestBodyBytesMax));
        MirrorComparison comparison = service.Mirror.Comparison!;
        Assert.Equal((MirrorBodyComparison.Json, 9216), (comparison.Body, comparison.ResponseBodyBytesMax));
        Assert.Equal(["etag"], comparison.Headers);
        Assert.Equal(["$.a"], comparison.IgnoredPaths);
        FaultModel fault = service.Fault!;
        Assert.Equal((1, 10, 1, 503, 1, 20), (fault.VersionIndex, fault.Share.CycleLength, Ones(fault.Share), fault.Status, fault.DelayMinMs, fault.DelayMaxMs));
        Assert.Equal((ProxyProtocolVersion.None, ProxyProtocolVersion.V2), (service.ProxyProtocol, snapshot.Services[1].ProxyProtocol));
    }

    [Fact]
    public void What_is_not_configured_is_off()
    {
        Snapshot snapshot = new SnapshotCompiler(new StateTable(), _ => []).Compile(Sample.Config(Sample.Listeners + Sample.Services), [])!;
        ServiceModel service = snapshot.Services[0];
        Assert.Null(service.Affinity ?? service.Outlier ?? service.Retry ?? service.Mirror ?? (object?)service.Fault ?? snapshot.Countries);
        Assert.Empty(service.Features);
        Assert.Equal((0, new QueueModel(1024, 1000)), (service.Versions[0].SlowStartMs, service.Queue));
        Assert.Equal(-1, service.Rules.MatchConnection([10, 0, 0, 1], null));
    }

    [Fact]
    public void A_country_database_that_cannot_be_opened_is_an_error_at_its_place()
    {
        var states = new StateTable();
        var errors = new List<ConfigError>();
        Assert.Null(new SnapshotCompiler(states, _ => [], _ => (null, "there is no such file")).Compile(Sample.Config(Whole), errors));
        Assert.Equal("f.yaml:2:20: geoip.database: there is no such file", Assert.Single(errors).ToString());
        Assert.Equal(0, states.Service("other").Id);
    }

    [Fact]
    public void A_reload_with_a_broken_database_changes_nothing_and_tells_warnings_all_the_same()
    {
        string text = Sample.WithKeys("queue: {}");
        var applied = new List<Snapshot>();
        var reloader = new ConfigReloader(() => Sample.Parse(text), new SnapshotCompiler(new StateTable(), _ => [], _ => (null, "broken")), (_, snapshot, _) => applied.Add(snapshot), applied.Add);
        Assert.Equal("services.s.queue", Assert.Single(reloader.Reload("SIGHUP").Warnings).Path);
        text += "geoip: { database: c.mmdb }\n";
        ReloadResult result = reloader.Reload("SIGHUP");
        Assert.False(result.Applied);
        Assert.Equal("broken", Assert.Single(result.Errors).Message);
        Assert.Single(result.Warnings);
        Assert.Single(applied);
    }

    private static int Ones(SplitTable share) => Enumerable.Range(0, (int)share.CycleLength).Sum(position => share.Pick((ulong)position));

    private sealed class Countries : CountryDatabase
    {
        public override CountryCode Find(ReadOnlySpan<byte> address) => default;
    }
}
