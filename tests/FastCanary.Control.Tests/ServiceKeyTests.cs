using FastCanary.Control;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests;

public class ServiceKeyTests
{
    private const string Size = "such as 4096, 64KiB or 10MiB";
    private const string Share = "expected a share from 0% to 100% in steps of 0.01%, such as 5% or 0.25%";
    private const string Time = "expected a time from 1ms to 24h, such as 250ms, 5s, 2m or 1h";

    [Fact]
    public void What_is_not_written_has_its_default()
    {
        ServiceConfig bare = Service("");
        Assert.Null(bare.Affinity ?? bare.Outlier ?? bare.Retry ?? bare.Mirror ?? (object?)bare.Fault);
        Assert.Equal((TimeSpan.Zero, ProxyProtocolVersion.None), (bare.SlowStart, bare.ProxyProtocol));
        Assert.Equal((1024, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)), (bare.Queue.Size, bare.Queue.Timeout, bare.Dns.Interval));
        Assert.Equal(0, bare.Versions[0].Endpoints[0].MaxConnections);

        OutlierConfig outlier = Service("outlier: {}").Outlier!;
        Assert.Equal((5, OutlierFailures.All, TimeSpan.FromSeconds(30), 5000), (outlier.ConsecutiveFailures, outlier.Failures, outlier.Eject, outlier.EjectedMaxBasisPoints));
        RetryConfig retry = Service("retry: {}").Retry!;
        Assert.Equal((1, 2000, false, RetryCauses.Connect | RetryCauses.Reset | RetryCauses.Timeout), (retry.Attempts, retry.BudgetBasisPoints, retry.Rescue, retry.Causes));
        MirrorConfig mirror = Service("mirror: { version: canary }").Mirror!;
        Assert.Equal((10_000, 65536, null), (mirror.BasisPoints, mirror.BodyBytesMax, mirror.Compare));
        AffinityConfig affinity = Service("affinity: { key: client-ip }").Affinity!;
        Assert.Equal(("", null), (affinity.Salt, affinity.Assign));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        ServiceConfig service = Service("""
            outlier: { consecutiveFailures: 1, failures: [reset, 5xx], eject: 1m, maxEjected: 0.5% }
            slowStart: 20s
            dns: { interval: 1s }
            retry: { attempts: 10, budget: 0%, rescue: true, on: [connect, 500, "502", 503, 504] }
            mirror: { version: stable, percent: 12.34%, body: 0, compare: { headers: [ETag, X-A], body: exact, limit: 16MiB } }
            fault: { version: canary, percent: 100%, status: 599, delay: 100ms-1s }
            """);
        Assert.Equal((1, OutlierFailures.Reset | OutlierFailures.Status5xx), (service.Outlier!.ConsecutiveFailures, service.Outlier.Failures));
        Assert.Equal((TimeSpan.FromMinutes(1), 50), (service.Outlier.Eject, service.Outlier.EjectedMaxBasisPoints));
        Assert.Equal((20.0, 1.0), (service.SlowStart.TotalSeconds, service.Dns.Interval.TotalSeconds));
        Assert.Equal((10, 0, true), (service.Retry!.Attempts, service.Retry.BudgetBasisPoints, service.Retry.Rescue));
        Assert.Equal(RetryCauses.Connect | RetryCauses.Status500 | RetryCauses.Status502 | RetryCauses.Status503 | RetryCauses.Status504, service.Retry.Causes);
        MirrorConfig mirror = service.Mirror!;
        Assert.Equal(("stable", 1234, 0), (mirror.Version, mirror.BasisPoints, mirror.BodyBytesMax));
        Assert.Equal(["etag", "x-a"], mirror.Compare!.Headers);
        Assert.Equal((MirrorBodyComparison.Exact, 16 * 1024 * 1024), (mirror.Compare.Body, mirror.Compare.BodyBytesMax));
        Assert.Equal(("canary", 10_000, 599, 100.0, 1000.0),
            (service.Fault!.Version, service.Fault.BasisPoints, service.Fault.Status, service.Fault.DelayMin.TotalMilliseconds, service.Fault.DelayMax.TotalMilliseconds));
    }

    [Fact]
    public void Comparing_has_defaults_of_its_own()
    {
        foreach (string compare in (string[])["true", "{}"])
        {
            MirrorCompareConfig config = Service($"mirror: {{ version: canary, compare: {compare} }}").Mirror!.Compare!;
            Assert.Equal(["content-type"], config.Headers);
            Assert.Empty(config.IgnoredPaths);
            Assert.Equal((MirrorBodyComparison.Json, 256 * 1024), (config.Body, config.BodyBytesMax));
        }
        Assert.Null(Service("mirror: { version: canary, compare: false }").Mirror!.Compare);
    }

    [Theory]
    [InlineData("500ms", 500, 500)]
    [InlineData("0-500ms", 0, 500)]
    [InlineData("100-500ms", 100, 500)]
    [InlineData("100ms-1s", 100, 1000)]
    [InlineData("0s-1m", 0, 60_000)]
    [InlineData("2-2s", 2000, 2000)]
    public void A_delay_is_a_time_or_a_range(string delay, int minMs, int maxMs)
    {
        FaultConfig fault = Service($"fault: {{ version: canary, percent: 1%, delay: {delay} }}").Fault!;
        Assert.Equal((minMs, maxMs), (fault.DelayMin.TotalMilliseconds, fault.DelayMax.TotalMilliseconds));
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("61s")]
    [InlineData("2-1s")]
    [InlineData("0-2m")]
    [InlineData("5s-")]
    [InlineData("-5s")]
    [InlineData("0-1s-2s")]
    [InlineData("00-5s")]
    [InlineData("1s-500")]
    public void Another_delay_is_refused(string delay) =>
        AssertError($"fault: {{ version: canary, percent: 1%, delay: §{delay} }}", $"fault.delay: expected a time up to 60s or a range of times, such as 500ms, 0-500ms or 100ms-1s, got \"{delay}\"");

    [Theory]
    [InlineData("0%", 0)]
    [InlineData("0.01%", 1)]
    [InlineData("0.1%", 10)]
    [InlineData("20%", 2000)]
    [InlineData("99.99%", 9999)]
    [InlineData("100%", 10_000)]
    [InlineData("100.00%", 10_000)]
    public void A_share_is_in_hundredths_of_a_percent(string share, int basisPoints) =>
        Assert.Equal(basisPoints, Service($"mirror: {{ version: canary, percent: {share} }}").Mirror!.BasisPoints);

    [Theory]
    [InlineData("20", "20")]
    [InlineData("0.2", "0.2")]
    [InlineData("100.01%", "\"100.01%\"")]
    [InlineData("0.001%", "\"0.001%\"")]
    [InlineData("-1%", "\"-1%\"")]
    [InlineData("+1%", "\"+1%\"")]
    [InlineData("05%", "\"05%\"")]
    [InlineData("5.%", "\"5.%\"")]
    [InlineData(".5%", "\".5%\"")]
    [InlineData("5 %", "\"5 %\"")]
    [InlineData("101%", "\"101%\"")]
    [InlineData("[5%]", "a list")]
    public void Another_share_is_refused(string share, string got) => AssertError($"mirror: {{ version: canary, percent: §{share} }}", $"mirror.percent: {Share}, got {got}");

    [Theory]
    [InlineData("header X-User-Id", AffinityKeySource.Header, "X-User-Id", "fastcanary")]
    [InlineData("cookie user", AffinityKeySource.Cookie, "user", "user")]
    [InlineData("query user id", AffinityKeySource.Query, "user id", "fastcanary")]
    public void A_key_is_somewhere_and_has_a_name_and_a_cookie_is_assigned_for_it(string key, AffinityKeySource source, string name, string cookie)
    {
        AffinityConfig affinity = Service($"affinity: {{ key: {key}, salt: \"1\", assign: cookie }}").Affinity!;
        Assert.Equal((source, name, "1", cookie), (affinity.Source, affinity.Name, affinity.Salt, affinity.Assign!.Name));
        Assert.Equal(("/", false, true, SameSite.Lax, TimeSpan.FromHours(720)),
            (affinity.Assign.Path, affinity.Assign.Secure, affinity.Assign.HttpOnly, affinity.Assign.SameSite, affinity.Assign.MaxAge));
    }

    [Fact]
    public void An_assigned_cookie_is_described()
    {
        AffinityCookieConfig cookie = Service(
            "affinity: { key: header X, assign: { cookie: c, path: /a, secure: true, httpOnly: false, sameSite: none, maxAge: 9600h } }").Affinity!.Assign!;
        Assert.Equal(("c", "/a", true, false, SameSite.None, 9600.0), (cookie.Name, cookie.Path, cookie.Secure, cookie.HttpOnly, cookie.SameSite, cookie.MaxAge.TotalHours));
    }

    [Fact]
    public void Features_are_read()
    {
        IReadOnlyList<FeatureConfig> features = Service("affinity: { key: client-ip }\nfeatures:\n  - { name: a, percent: 20%, header: X-A }\n  - { name: b, percent: 0%, header: X-B, value: \"on\" }").Features;
        Assert.Equal([("a", 2000, "X-A", "1"), ("b", 0, "X-B", "on")], features.Select(feature => (feature.Name, feature.BasisPoints, feature.Header, feature.Value)));
    }

    [Theory]
    [InlineData("affinity: §{}", "affinity: the key \"key\" is missing")]
    [InlineData("affinity: { key: §header }", "affinity.key: expected \"header NAME\", \"cookie NAME\", \"query NAME\" or client-ip, got \"header\"")]
    [InlineData("affinity: { key: §header A B }", "affinity.key: expected \"header NAME\", \"cookie NAME\", \"query NAME\" or client-ip, got \"header A B\"")]
    [InlineData("affinity: { key: §ip }", "affinity.key: expected \"header NAME\", \"cookie NAME\", \"query NAME\" or client-ip, got \"ip\"")]
    [InlineData("affinity: { key: client-ip, salt: §1 }", "affinity.salt: expected text, got 1; text like that needs quotes")]
    [InlineData("affinity: { key: client-ip, §assign: cookie }", "affinity.assign: has no meaning with the key client-ip: every client has an address")]
    [InlineData("affinity: { key: header X, assign: §true }", "affinity.assign: expected cookie, or a mapping that describes the cookie, got true; text like that needs quotes")]
    [InlineData("affinity: { key: header X, assign: { cookie: §a=b } }", "affinity.assign.cookie: expected a cookie's name: letters, digits and any of !#$%&'*+-.^_`|~, got \"a=b\"")]
    [InlineData("affinity: { key: cookie a, assign: { cookie: §b } }", "affinity.assign.cookie: expected a, the cookie that the key is read from, got \"b\"")]
    [InlineData("affinity: { key: header X, assign: { path: §/a;b } }", "affinity.assign.path: expected a path that begins with \"/\" and has no \";\", such as /shop, got \"/a;b\"")]
    [InlineData("affinity: { key: header X, assign: { secure: §yes } }", "affinity.assign.secure: expected true or false, got \"yes\"")]
    [InlineData("affinity: { key: header X, assign: { httpOnly: §1 } }", "affinity.assign.httpOnly: expected true or false, got 1")]
    [InlineData("affinity: { key: header X, assign: { sameSite: §Lax } }", "affinity.assign.sameSite: expected lax, strict or none, got \"Lax\"")]
    [InlineData("affinity: { key: header X, assign: { sameSite: §none } }", "affinity.assign.sameSite: none needs \"secure: true\": browsers refuse the cookie otherwise")]
    [InlineData("affinity: { key: header X, assign: { maxAge: §0s } }", "affinity.assign.maxAge: expected a time from 1s to 9600h, such as 5s, 2m or 1h, got \"0s\"")]
    [InlineData("affinity: { key: header X, assign: { maxAge: §9601h } }", "affinity.assign.maxAge: expected a time from 1s to 9600h, such as 5s, 2m or 1h, got \"9601h\"")]
    [InlineData("affinity: { key: header X, assign: { maxAge: §1500ms } }", "affinity.assign.maxAge: expected whole seconds, got 1500ms")]
    [InlineData("§features: [{ name: a, percent: 1%, header: X-A }]", "features: needs \"affinity\": by its key users are drawn for a feature")]
    [InlineData("affinity: { key: client-ip }\nfeatures: [§{ percent: 1%, header: X-A }]", "features[0]: the key \"name\" is missing")]
    [InlineData("affinity: { key: client-ip }\nfeatures: [{ name: §a b, percent: 1%, header: X-A }]", "features[0].name: expected 1 to 63 letters, digits, \".\", \"_\" or \"-\", got \"a b\"")]
    [InlineData("affinity: { key: client-ip }\nfeatures: [{ name: a, percent: §1, header: X-A }]", $"features[0].percent: {Share}, got 1")]
    [InlineData("affinity: { key: client-ip }\nfeatures: [{ name: a, percent: 1%, header: §X A }]", "features[0].header: expected a field's name: letters, digits and any of !#$%&'*+-.^_`|~, got \"X A\"")]
    [InlineData("affinity: { key: client-ip }\nfeatures: [{ name: a, percent: 1%, header: §content_length }]", "features[0].header: content_length is a field that FastCanary handles itself; expected one of the feature's own, such as X-Feature-New-Ranking")]
    [InlineData("affinity: { key: client-ip }\nfeatures: [{ name: a, percent: 1%, header: §X-Forwarded-User }]", "features[0].header: X-Forwarded-User is a field that FastCanary handles itself; expected one of the feature's own, such as X-Feature-New-Ranking")]
    [InlineData("affinity: { key: client-ip }\nfeatures: [{ name: a, percent: 1%, header: X-A, value: §\" x\" }]", "features[0].value: expected text without control characters and without white space around it, at least one character, got \" x\"")]
    [InlineData("affinity: { key: client-ip }\nfeatures: [{ name: a, percent: 1%, header: X-A }, { name: §a, percent: 1%, header: X-B }]", "features[1].name: the feature a is listed already, at line 10")]
    [InlineData("affinity: { key: client-ip }\nfeatures: [{ name: a, percent: 1%, header: X-A }, { name: b, percent: 1%, header: §x_a }]", "features[1].header: the field x_a is listed already, at line 10; case does not count, and \"_\" counts as \"-\"")]
    [InlineData("outlier: { consecutiveFailures: §0 }", "outlier.consecutiveFailures: expected a whole number from 1 to 1000000, got 0")]
    [InlineData("outlier: { failures: §[] }", "outlier.failures: expected at least one failure")]
    [InlineData("outlier: { failures: [connect, §500] }", "outlier.failures[1]: expected connect, timeout, reset or 5xx, got 500")]
    [InlineData("outlier: { eject: §25h }", $"outlier.eject: {Time}, got \"25h\"")]
    [InlineData("outlier: { maxEjected: §101% }", $"outlier.maxEjected: {Share}, got \"101%\"")]
    [InlineData("outlier: { §ejected: 1s }", "outlier.ejected: unknown key \"ejected\"; did you mean \"eject\"? allowed here: consecutiveFailures, failures, eject, maxEjected")]
    [InlineData("slowStart: §0s", $"slowStart: {Time}, got \"0s\"")]
    [InlineData("queue: { size: §1000001 }", "queue.size: expected a whole number from 0 to 1000000, got 1000001")]
    [InlineData("queue: { timeout: §1 }", $"queue.timeout: {Time}, got 1; text like that needs quotes")]
    [InlineData("dns: { interval: §999ms }", "dns.interval: expected a time from 1s to 24h, such as 5s, 2m or 1h, got \"999ms\"")]
    [InlineData("retry: { attempts: §11 }", "retry.attempts: expected a whole number from 0 to 10, got 11")]
    [InlineData("retry: { budget: §20 }", $"retry.budget: {Share}, got 20")]
    [InlineData("retry: { rescue: §1 }", "retry.rescue: expected true or false, got 1")]
    [InlineData("retry: { on: [§501] }", "retry.on[0]: expected connect, reset, timeout, 500, 502, 503, 504 or 5xx, got 501")]
    [InlineData("retry: { on: §connect }", "retry.on: expected a list of causes, got \"connect\"")]
    [InlineData("retry: { on: §[] }", "retry.on: expected at least one cause")]
    [InlineData("mirror: §{ percent: 5% }", "mirror: the key \"version\" is missing")]
    [InlineData("mirror: { version: §cannary }", "mirror.version: unknown version \"cannary\"; did you mean \"canary\"? versions: stable, canary")]
    [InlineData("mirror: { version: canary, body: §17MiB }", $"mirror.body: expected a size from 0 to 16MiB, {Size}, got \"17MiB\"")]
    [InlineData("mirror: { version: canary, compare: §yes }", "mirror.compare: expected true or false, got \"yes\"")]
    [InlineData("mirror: { version: canary, compare: { headers: [§a b] } }", "mirror.compare.headers[0]: expected a field's name: letters, digits and any of !#$%&'*+-.^_`|~, got \"a b\"")]
    [InlineData("mirror: { version: canary, compare: { body: §xml } }", "mirror.compare.body: expected exact, json or none, got \"xml\"")]
    [InlineData("mirror: { version: canary, compare: { ignore: [§time] } }", "mirror.compare.ignore[0]: expected the path of a JSON value, such as $.time or $.items[*].id, got \"time\"")]
    [InlineData("mirror: { version: canary, compare: { ignore: [§'$.a[-1]'] } }", "mirror.compare.ignore[0]: expected the path of a JSON value, such as $.time or $.items[*].id, got \"$.a[-1]\"")]
    [InlineData("mirror: { version: canary, compare: { body: exact, §ignore: [$.a] } }", "mirror.compare.ignore: has no meaning unless \"body\" is json")]
    [InlineData("mirror: { version: canary, compare: { limit: §-1 } }", $"mirror.compare.limit: expected a size from 0 to 16MiB, {Size}, got -1")]
    [InlineData("fault: §{ version: canary, percent: 1% }", "fault: a drill needs \"status\", \"delay\" or both")]
    [InlineData("fault: §{ version: canary, status: 500 }", "fault: the key \"percent\" is missing")]
    [InlineData("fault: §{ percent: 1%, status: 500 }", "fault: the key \"version\" is missing")]
    [InlineData("fault: { version: §v, percent: 1%, status: 500 }", "fault.version: unknown version \"v\"; versions: stable, canary")]
    [InlineData("fault: { version: canary, percent: 1%, status: §399 }", "fault.status: expected a whole number from 400 to 599, got 399")]
    [InlineData("proxyProtocol: §v3", "proxyProtocol: expected v1 or v2, got \"v3\"")]
    [InlineData("proxyProtocol: §v2", "proxyProtocol: the http listener 0.0.0.0:8080 uses this service, and requests of many clients share its connections; a PROXY header is for tcp listeners alone")]
    public void A_wrong_value_says_what_is_wrong_and_where(string keys, string error) => AssertError(keys, error);

    [Fact]
    public void An_endpoints_connections_are_bounded()
    {
        string text = $"{Sample.Listeners}services:\n  s:\n    versions: {{ v: {{ endpoints: [{{ address: \"127.0.0.1:1\", maxConnections: §1000000 }}] }} }}\n";
        Assert.Equal(1_000_000, Sample.Clean(text.Replace("§", "")).Services[0].Versions[0].Endpoints[0].MaxConnections);
        Sample.AssertOnlyError(
            text.Replace("1000000", "1000001"), "services.s.versions.v.endpoints[0].maxConnections: expected a whole number from 0 to 1000000, got 1000001");
    }

    [Fact]
    public void A_fault_drill_needs_a_permission() =>
        Sample.AssertOnlyError(
            Sample.WithKeys("§fault: { version: canary, percent: 1%, status: 500 }"),
            "services.s.fault: a fault drill fails requests on purpose; it needs \"allowFaultInjection: true\" at the top of the file");

    [Fact]
    public void A_permission_that_cannot_be_read_is_one_error() =>
        Sample.AssertOnlyError(
            $"allowFaultInjection: §yes\n{Sample.WithKeys("fault: { version: canary, percent: 1%, status: 500 }")}", "allowFaultInjection: expected true or false, got \"yes\"");

    [Theory]
    [InlineData("§{}", ": the key \"database\" is missing")]
    [InlineData("{ database: §\"\" }", ".database: expected the path of a country database in MaxMind DB format (mmdb), got \"\"")]
    [InlineData("{ database: §[a] }", ".database: expected the path of a country database in MaxMind DB format (mmdb), got a list")]
    public void A_country_database_is_a_path(string geoip, string error) =>
        Sample.AssertOnlyError($"geoip: {geoip}\n{Sample.WithKeys("rules: [{ country: DE, version: canary }]")}", $"geoip{error}");

    [Theory]
    [InlineData("§queue: { size: 5 }", "queue: does nothing: no endpoint of the service has \"maxConnections\"")]
    [InlineData("retry: { attempts: §0 }", "retry.attempts: with no attempts and without \"rescue: true\", nothing is sent again: \"retry\" does nothing")]
    public void What_does_nothing_is_warned_of(string keys, string warning) => Sample.AssertOnlyWarning(Sample.WithKeys(keys), $"services.s.{warning}");

    [Fact]
    public void No_attempts_but_a_rescue_are_something() => Assert.True(Service("retry: { attempts: 0, rescue: true }").Retry!.Rescue);

    [Theory]
    [InlineData("mirror: { version: §v }", "mirror.version: mirrors nothing: every request goes to the service's one version anyway")]
    [InlineData("retry: { rescue: §true }", "retry.rescue: does nothing: the service has one version, so none can stand in for it")]
    public void What_needs_two_versions_is_warned_of(string keys, string warning) =>
        Sample.AssertOnlyWarning($"{Sample.Listeners}{Sample.Services}    {keys}\n", $"services.s.{warning}");

    [Fact]
    public void Errors_and_warnings_are_told_side_by_side()
    {
        ConfigResult result = Sample.Parse(Sample.WithKeys("queue: {}\nretry: { attempts: 0 }\nslowStart: 5"));
        Assert.Null(result.Config);
        Assert.Single(result.Errors);
        Assert.Equal([9, 10], result.Warnings.Select(warning => warning.Line));
    }

    [Fact]
    public void The_example_of_every_key_has_no_error_and_no_warning()
    {
        string path = Path.Combine(Sample.Root, "config", "examples", "everything.yaml");
        ConfigResult result = ConfigLoader.Load(path, Sample.NoEnvironment);
        Assert.Equal("", string.Join('\n', result.Errors));
        Assert.Equal("", string.Join('\n', result.Warnings));
        var errors = new List<ConfigError>();
        Assert.NotNull(new SnapshotCompiler(new StateTable(), _ => throw new InvalidOperationException("it needs no network")).Compile(result.Config!, errors));
        string text = File.ReadAllText(path);
        foreach (Section section in (Section[])
            [
                RuleSection.Keys, NamedConditionSection.Keys, AffinitySection.Keys, AffinityCookieSection.Keys, FeatureSection.Keys, OutlierSection.Keys, QueueSection.Keys,
                DnsSection.Keys, RetrySection.Keys, MirrorSection.Keys, MirrorCompareSection.Keys, FaultSection.Keys, GeoipSection.Keys,
            ])
        {
            Assert.All(section.Keys, key => Assert.Contains($"{key}:", text));
        }
        Assert.All(["slowStart", "maxConnections", "proxyProtocol", "xForwarded", "forwarded", "trustedProxies", "allowFaultInjection"], key => Assert.Contains($"{key}:", text));
    }

    private static ServiceConfig Service(string keys) => Sample.Clean($"allowFaultInjection: true\n{Sample.WithKeys(keys)}").Services[0];

    private static void AssertError(string keys, string error) => Sample.AssertOnlyError($"{Sample.WithKeys(keys)}allowFaultInjection: true\n", $"services.s.{error}");
}
