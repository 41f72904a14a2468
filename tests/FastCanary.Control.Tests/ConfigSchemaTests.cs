using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FastCanary.Control;

namespace FastCanary.Control.Tests;

public class ConfigSchemaTests
{
    private static readonly JsonElement Schema =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Sample.Root, "config", "fastcanary.schema.json"))).RootElement;

    /// <summary>Every key that there is, in one valid configuration.</summary>
    private static readonly string Everything = $$"""
        {
          "listeners": [
            {
              "address": "0.0.0.0:8080", "protocol": "http",
              "routes": [ { "host": "*.shop.example", "path": "/api/", "service": "s" }, { "service": "s" } ],
              "timeouts": { "requestHead": "10s", "requestBody": "250ms", "idle": "2m" },
              "limits": { "requestHead": "32KiB", "requestLine": 8192, "headers": 100, "connections": 0 },
              "trustedProxies": [ "10.0.0.0/8", "2001:db8::/32", "192.0.2.1" ],
              "xForwarded": "replace", "forwarded": "append"
            },
            {
              "address": "[::]:5432", "protocol": "tcp", "service": "t", "limits": { "connections": 5 },
              "trustedProxies": [ "10.0.0.0/8" ], "proxyProtocol": true
            }
          ],
          "services": {
            "s": {
              "versions": {
                "stable": { "weight": 10, "endpoints": [ "127.0.0.1:8081" ] },
                "canary": { "weight": 5, "endpoints": [ "[::1]:8082", { "address": "origin.example:8083", "weight": 2, "maxConnections": 100 } ] }
              },
              "timeouts": { "connect": "1s", "response": "30s", "responseBody": "60s", "upstreamIdle": "60s", "tunnel": "1h" },
              "limits": { "requestBody": "10MiB", "responseHead": "64KiB" },
              "exposeVersion": true,
              "rules": [
                {
                  "header": { "X-Canary": "true", "X-Team": { "exact": "a b" } }, "cookie": { "beta": { "prefix": "1" } }, "query": { "v w": { "present": true } },
                  "method": [ "GET", "HEAD" ], "host": "beta.example", "path": "/new", "country": [ "US", "de" ], "network": [ "192.0.2.0/24", "2001:db8::1" ],
                  "version": "canary"
                },
                { "header": { "X-User": { "in": [ "1", "2" ] } }, "method": "GET", "country": "US", "network": "192.0.2.0/24", "version": "canary" },
                { "cookie": { "user": { "inFile": "{{Path.Combine(Sample.Root, "config", "examples", "vip-users.txt")}}" } }, "version": "stable" }
              ],
              "affinity": {
                "key": "cookie user", "salt": "2026-11",
                "assign": { "cookie": "user", "path": "/shop", "secure": true, "httpOnly": true, "sameSite": "none", "maxAge": "24h" }
              },
              "features": [ { "name": "new-ranking", "percent": "20%", "header": "X-Feature-New-Ranking", "value": "on" } ],
              "health": {
                "path": "/health?deep=1", "interval": "10s", "timeout": "1s", "rise": 2, "fall": 3, "status": [ 200, "204", "3xx" ], "body": "ok", "jitter": "10%",
                "port": 8090, "host": "shop.example:8080"
              },
              "rollout": {
                "canary": "canary", "baseline": "stable",
                "steps": [ { "weight": "1%", "hold": "1m" }, { "pause": "1h" }, { "pause": true }, { "weight": "100%" } ],
                "analysis": {
                  "policy": "evidence", "falseAbort": "1%", "minRequests": 100,
                  "errors": { "status": [ "5xx", 429 ], "maxRate": "5%", "compare": true },
                  "latency": { "quantiles": [ "p50", "p99.9" ], "maxIncrease": "130%", "minIncrease": "0s" },
                  "resources": { "cpu": "170%", "memory": "90%", "from": "prometheus http://127.0.0.1:9100/metrics", "memoryLimit": "1GiB" },
                  "business": { "header": "X-Business-Error", "max": 0 },
                  "queries": [
                    { "name": "orders", "prometheus": "https://[::1]:9090/p?x=1", "query": "up", "max": 0.5, "interval": "15s" },
                    { "name": "sales", "prometheus": "http://prometheus.example", "query": "up", "min": -1 }
                  ],
                  "harm": { "max": 100 }
                },
                "onFailure": { "action": "rollback", "mode": "gradual", "step": "20%", "interval": "10s" },
                "deadlines": { "step": { "after": "24h", "outcome": "pause" }, "pause": { "after": "168h", "outcome": "abort" } },
                "schedule": { "allow": [ "Mon-Fri 09:00-16:00 Europe/Berlin", "Sat,Sun 10:00-12:00 UTC" ] },
                "promotion": { "watch": "10m", "holdBack": "1%" },
                "notify": [
                  { "webhook": "https://hooks.example/x", "on": [ "started", "completed" ] },
                  { "alertmanager": "http://127.0.0.1:9093" }
                ]
              },
              "outlier": { "consecutiveFailures": 5, "failures": [ "connect", "timeout", "reset", "5xx" ], "eject": "30s", "maxEjected": "50%" },
              "slowStart": "30s",
              "queue": { "size": 10, "timeout": "1s" },
              "dns": { "interval": "30s" },
              "retry": { "attempts": 1, "budget": "20%", "rescue": true, "on": [ "connect", 502, "503", "5xx" ] },
              "mirror": {
                "version": "canary", "percent": "5%", "body": "64KiB",
                "compare": { "headers": [ "content-type" ], "body": "json", "ignore": [ "$.time", "$.items[*].id[0]" ], "limit": 262144 }
              },
              "fault": { "version": "canary", "percent": "0.25%", "status": 503, "delay": "0-500ms" }
            },
            "t": {
              "versions": { "only": { "endpoints": [ "127.0.0.1:8084" ] } },
              "affinity": { "key": "client-ip" },
              "proxyProtocol": "v2"
            },
            "u": {
              "versions": { "a": { "endpoints": [ "127.0.0.1:8085" ] }, "b": { "endpoints": [ "127.0.0.1:8086" ] } },
              "affinity": { "key": "header X-User", "assign": "cookie" },
              "health": { "interval": "2s" },
              "rollout": {
                "canary": "b", "baseline": "a",
                "analysis": {
                  "policy": "thresholds",
                  "resources": { "from": { "path": "/metrics", "port": 9100 } },
                  "business": { "header": "X-Business-Error" },
                  "thresholds": {
                    "successRate": "95%", "latencyIncrease": "30%", "cpu": "70%", "business": 0, "healthy": "10%", "unhealthy": "20%", "period": "1m"
                  }
                },
                "schedule": { "allow": "22:00-02:00 UTC" }
              },
              "mirror": { "version": "b", "compare": true },
              "fault": { "version": "b", "percent": "100%", "delay": "1s" }
            }
          },
          "admin": {
            "address": "127.0.0.1:9901", "tokens": { "operator": "0123456789abcdef", "viewer": "fedcba9876543210" }, "allowedOrigins": [ "https://ops.example:8443" ]
          },
          "log": { "level": "info", "access": { "path": "-", "format": "json", "sample": "100%", "query": false } },
          "state": { "path": "/var/lib/fastcanary", "journal": { "size": "16MiB", "files": 8 } },
          "runtime": { "transport": "epoll", "loops": 2 },
          "geoip": { "database": "country.mmdb" },
          "allowFaultInjection": true
        }
        """;

    /// <summary>Put in place of each value in turn: each kind, and the borders of each range.</summary>
    private static readonly string[] Replacements =
    [
        "null", "true", "\"\"", "\"x\"", "\"X y\"", "[]", "{}", "[1]", "[\"x\"]", "{\"x\":1}", "-1", "0", "1", "1.5", "63", "64", "1023", "1024", "1025", "65535", "65536", "262144", "262145",
        "10000000", "10000001", "1099511627776", "1099511627777", "\"10\"", "\"0s\"", "\"5s\"", "\"5ms\"", "\"5 s\"", "\"05s\"", "\"1m30s\"", "\"1d\"", "\"4KiB\"", "\"4KB\"", "\"04KiB\"",
        "\"http\"", "\"tcp\"", "\"udp\"", "\"auto\"", "\"sockets\"", "\"/\"", "\"/a/b\"", "\"/a?b\"", "\"/a#b\"", "\"/a b\"", "\"/é\"", "\"a/b\"", "\"h\"", "\"h:1\"", "\"*.h\"", "\"*\"", "\"a.*.b\"",
        "\"127.0.0.1:1\"", "\"127.0.0.1:0\"", "\"127.0.0.1:01\"", "\"127.0.0.1\"", "\"[::1]:1\"", "\"::1\"", "\"::/0\"", "\"0.0.0.0/0\"", "\"http://h:1\"", "\"-h:1\"", "\"h-:1\"", "\"h_1:1\"",
        "\"${SET}\"", "\"a${SET}b\"", "\"${UNSET:-5s}\"", "\"$${SET}\"", "\"$SET\"",
        "false", "400", "599", "600", "16777216", "16777217", "1000000", "1000001", "502", "501", "\"502\"", "\"cookie\"", "\"client-ip\"", "\"client-ip x\"", "\"header X\"", "\"header X y\"",
        "\"header\"", "\"query a b\"", "\"query a \"", "\"cookie a=b\"", "\"0%\"", "\"20%\"", "\"0.25%\"", "\"0.255%\"", "\"100%\"", "\"100.01%\"", "\"101%\"", "\"5.%\"", "\".5%\"", "\"05%\"", "\"5 %\"",
        "\"-5%\"", "\"0-500ms\"", "\"100ms-1s\"", "\"00-5s\"", "\"-5s\"", "\"1-2\"", "\"5s-\"", "\"1500ms\"", "\"2000ms\"", "\"GET\"", "\"get\"", "\"M-SEARCH\"", "\"DE\"", "\"de\"", "\"UK\"", "\"DEU\"",
        "\"192.0.2.0/24\"", "\"192.0.2.0/33\"", "\"$.a\"", "\"$\"", "\"$.a[*].b[0]\"", "\"$.a[01]\"", "\"$..a\"", "\"a.b\"", "\"$.é\"", "\"a\\u0000b\"", "\"a\\tb\"", "\"v1\"", "\"v3\"", "\"lax\"", "\"json\"",
        "\"append\"", "\"off\"", "\"connect\"", "\"5xx\"", "\"4xx\"", "{\"exact\":\"x\"}", "{\"exact\":\"x\",\"prefix\":\"y\"}", "{\"prefix\":\"\"}", "{\"present\":false}", "{\"in\":[]}",
        "99", "100", "1001", "8760", "1e3", "2147483648", "\"99ms\"", "\"100ms\"", "\"50%\"", "\"50.01%\"", "\"0.00%\"", "\"0.01%\"", "\"100.00%\"", "\"10000%\"",
        "\"10000.01%\"", "\"10001%\"", "\"200\"", "\"600\"", "\"6xx\"", "\"p5\"", "\"p0\"", "\"p99.5\"", "\"p100\"", "\"p9.55\"", "[\"p1\",\"p2\",\"p3\",\"p4\"]", "\"http://h\"", "\"http://h/\"",
        "\"http://h:0\"", "\"http://u:p@h/x\"", "\"http://h/x#y\"", "\"http://h/x?y\"", "\"http://1.2.3/\"", "\"http://127.0.0.1\"", "\"https://[::1]:1\"", "\"ftp://h\"", "\"HTTP://h\"",
        "\"prometheus http://h/x\"", "\"prometheus  http://h/x\"", "\"-\"", "\"0ms\"", "\"0h\"", "\"info\"", "\"combined\"", "\"thresholds\"", "\"hold\"", "\"gradual\"", "\"wait\"",
        "\"09:00-10:00 UTC\"", "\"Mon 09:00-10:00 UTC\"", "\"Fri-Mon,Wed 09:00-24:00 UTC\"", "\"mon 09:00-10:00 UTC\"", "\"Mon 9:00-10:00 UTC\"", "\"Mon 09:00-10:00\"",
        "\"Mon 24:00-10:00 UTC\"", "\"Mon 09:00-24:01 UTC\"", "\"Mon-Tue-Wed 09:00-10:00 UTC\"", "\"09:60-10:00 UTC\"", "\"09:00-10:00 U.C\"", "\"0.0.0.0:9901\"", "[\"advanced\"]", "[\"retried\"]",
        "{\"max\":1}", "{\"weight\":\"5%\"}", "{\"pause\":false}", "{\"pause\":true,\"hold\":\"5s\"}", "{\"path\":\"/x\"}", "{\"port\":65536}",
        "{\"in\":[\"x\",1]}", "{\"X\":\"y\"}", "{\"X y\":\"z\"}", "[\"GET\",\"x\"]",
    ];

    [Fact]
    public void Every_kind_of_mapping_has_a_definition_with_the_same_keys()
    {
        foreach (Section section in FastCanarySection.All)
        {
            JsonElement definition = Schema.GetProperty("$defs").GetProperty(section.Name);
            Assert.Equal(section.Keys.Order(), definition.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order());
            Assert.Equal(
                section.RequiredKeys.Order(),
                definition.TryGetProperty("required", out JsonElement required) ? required.EnumerateArray().Select(name => name.GetString()!).Order() : []);
            Assert.Equal(JsonValueKind.False, definition.GetProperty("additionalProperties").ValueKind);
        }
    }

    [Fact]
    public void Every_definition_of_an_object_is_a_kind_of_mapping() =>
        Assert.Equal(
            FastCanarySection.All.Select(section => section.Name).Order(),
            Schema.GetProperty("$defs").EnumerateObject().Where(definition => definition.Value.TryGetProperty("properties", out _)).Select(definition => definition.Name).Order());

    [Fact]
    public void The_whole_sample_is_valid_and_holds_every_key()
    {
        Assert.True(Judge(Everything).Schema);
        Assert.Equal("", string.Join('\n', Sample.Parse(Everything).Errors));
        foreach (Section section in FastCanarySection.All)
            Assert.All(section.Keys, key => Assert.Contains($"\"{key}\":", Everything));
    }

    [Fact]
    public void The_defaults_it_tells_are_the_parsers()
    {
        FastCanaryConfig bare = Sample.Config(Sample.Listeners + Sample.Services);
        var told = new List<string>();
        foreach (JsonProperty definition in Schema.GetProperty("$defs").EnumerateObject())
        {
            if (!definition.Value.TryGetProperty("properties", out JsonElement properties))
                continue;
            foreach (JsonProperty property in properties.EnumerateObject())
            {
                if (property.Value.TryGetProperty("default", out JsonElement value))
                    told.Add($"{definition.Name}.{property.Name}={Regex.Replace(value.ToString(), "\\n *(?=\\])|(?<=\\[)\\n *|(?<=\\n) +", "").Replace("\n", " ")}");
            }
        }
        ListenerConfig listener = bare.Listeners[0];
        ServiceConfig service = bare.Services[0];
        var cookie = new AffinityCookieConfig();
        var outlier = new OutlierConfig();
        var retry = new RetryConfig();
        var mirror = new MirrorConfig();
        var compare = new MirrorCompareConfig();
        var health = new HealthConfig();
        var rollout = new RolloutConfig();
        AnalysisConfig analysis = rollout.Analysis;
        LatencyConfig latency = analysis.Latency!;
        ThresholdsConfig thresholds = analysis.Thresholds;
        var resources = new ResourcesConfig();
        var access = new AccessLogConfig();
        var state = new StateConfig();
        Assert.Equal(
            new[]
            {
                $"listener.protocol={listener.Protocol.ToString().ToLowerInvariant()}",
                "listener.trustedProxies=[]",
                $"listener.proxyProtocol={listener.ProxyProtocol}",
                $"listener.xForwarded={listener.XForwarded.ToString().ToLowerInvariant()}",
                $"listener.forwarded={listener.Forwarded.ToString().ToLowerInvariant()}",
                $"fastcanary.allowFaultInjection={bare.AllowFaultInjection}",
                "service.rules=[]",
                "service.features=[]",
                $"endpoint.maxConnections={service.Versions[0].Endpoints[0].MaxConnections}",
                $"affinity.salt={new AffinityConfig().Salt}",
                $"affinityCookie.path={cookie.Path}",
                $"affinityCookie.secure={cookie.Secure}",
                $"affinityCookie.httpOnly={cookie.HttpOnly}",
                $"affinityCookie.sameSite={cookie.SameSite.ToString().ToLowerInvariant()}",
                $"affinityCookie.maxAge={cookie.MaxAge.TotalHours}h",
                $"feature.value={new FeatureConfig().Value}",
                $"outlier.consecutiveFailures={outlier.ConsecutiveFailures}",
                "outlier.failures=[\"connect\", \"timeout\", \"reset\", \"5xx\"]",
                $"outlier.eject={Seconds(outlier.Eject)}",
                $"outlier.maxEjected={outlier.EjectedMaxBasisPoints / 100}%",
                $"queue.size={service.Queue.Size}",
                $"queue.timeout={Seconds(service.Queue.Timeout)}",
                $"dns.interval={Seconds(service.Dns.Interval)}",
                $"retry.attempts={retry.Attempts}",
                $"retry.budget={retry.BudgetBasisPoints / 100}%",
                $"retry.rescue={retry.Rescue}",
                "retry.on=[\"connect\", \"reset\", \"timeout\"]",
                $"mirror.percent={mirror.BasisPoints / 100}%",
                $"mirror.body={ConfigReader.Written(mirror.BodyBytesMax)}",
                $"mirror.compare={mirror.Compare is not null}",
                $"mirrorCompare.headers=[\"{string.Join("\", \"", compare.Headers)}\"]",
                $"mirrorCompare.body={compare.Body.ToString().ToLowerInvariant()}",
                "mirrorCompare.ignore=[]",
                $"mirrorCompare.limit={ConfigReader.Written(compare.BodyBytesMax)}",
                $"listenerTimeouts.requestHead={Seconds(listener.Timeouts.RequestHead)}",
                $"listenerTimeouts.requestBody={Seconds(listener.Timeouts.RequestBody)}",
                $"listenerTimeouts.idle={Seconds(listener.Timeouts.Idle)}",
                $"listenerLimits.requestHead={ConfigReader.Written(listener.Limits.RequestHeadBytes)}",
                $"listenerLimits.requestLine={ConfigReader.Written(listener.Limits.RequestLineBytes)}",
                $"listenerLimits.headers={listener.Limits.Headers}",
                $"listenerLimits.connections={listener.Limits.Connections}",
                $"service.exposeVersion={service.ExposeVersion}",
                $"serviceTimeouts.connect={Seconds(service.Timeouts.Connect)}",
                $"serviceTimeouts.response={Seconds(service.Timeouts.Response)}",
                $"serviceTimeouts.responseBody={Seconds(service.Timeouts.ResponseBody)}",
                $"serviceTimeouts.upstreamIdle={Seconds(service.Timeouts.UpstreamIdle)}",
                $"serviceTimeouts.tunnel={service.Timeouts.Tunnel.TotalHours}h",
                $"serviceLimits.requestBody={service.Limits.RequestBodyBytes}",
                $"serviceLimits.responseHead={ConfigReader.Written(service.Limits.ResponseHeadBytes)}",
                $"version.weight={service.Versions[0].Weight}",
                $"endpoint.weight={service.Versions[0].Endpoints[0].Weight}",
                $"runtime.transport={bare.Runtime.Transport.ToString().ToLowerInvariant()}",
                $"runtime.loops={bare.Runtime.Loops}",
                $"health.interval={ConfigReader.Written(health.Interval)}",
                $"health.timeout={ConfigReader.Written(health.Timeout)}",
                $"health.rise={health.Rise}",
                $"health.fall={health.Fall}",
                $"health.status=[{string.Join(", ", health.Statuses.Statuses)}]",
                $"health.body={health.Body}",
                $"health.jitter={ConfigReader.WrittenShare(health.JitterBasisPoints)}",
                $"health.port={health.Port}",
                $"health.host={health.Host}",
                $"rollout.steps=[{string.Join(", ", rollout.Steps.Select(Step))}]",
                "rollout.notify=[]",
                $"analysis.policy={analysis.Policy.ToString().ToLowerInvariant()}",
                $"analysis.falseAbort={ConfigReader.WrittenShare(analysis.FalseAbortBasisPoints)}",
                $"analysis.minRequests={analysis.MinRequests}",
                "analysis.queries=[]",
                $"errors.status=[{string.Join(", ", analysis.Errors.Statuses.Statuses.Chunk(100).Select(statuses => $"\"{statuses[0] / 100}xx\""))}]",
                $"errors.compare={analysis.Errors.Compare}",
                $"latency.quantiles=[{string.Join(", ", latency.QuantilesPerMille.Select(perMille => $"\"p{perMille / 10}\""))}]",
                $"latency.maxIncrease={ConfigReader.WrittenShare(latency.MaxIncreaseBasisPoints)}",
                $"latency.minIncrease={ConfigReader.Written(latency.MinIncrease)}",
                $"resourceEndpoints.path={resources.Path}",
                $"resourceEndpoints.port={resources.Port}",
                $"business.max={new BusinessConfig().Max}",
                $"query.interval={ConfigReader.Written(new QueryConfig().Interval)}",
                $"thresholds.successRate={ConfigReader.WrittenShare(thresholds.SuccessRateBasisPoints)}",
                $"thresholds.latencyIncrease={ConfigReader.WrittenShare(thresholds.LatencyIncreaseBasisPoints)}",
                $"thresholds.cpu={ConfigReader.WrittenShare(thresholds.CpuBasisPoints)}",
                $"thresholds.business={thresholds.Business}",
                $"thresholds.healthy={ConfigReader.WrittenShare(thresholds.HealthyBasisPoints)}",
                $"thresholds.unhealthy={ConfigReader.WrittenShare(thresholds.UnhealthyBasisPoints)}",
                $"thresholds.period={ConfigReader.Written(thresholds.Period)}",
                $"onFailure.action={rollout.OnFailure.Action.ToString().ToLowerInvariant()}",
                $"onFailure.mode={(rollout.OnFailure.IsGradual ? "gradual" : "immediate")}",
                $"onFailure.step={ConfigReader.WrittenShare(rollout.OnFailure.StepBasisPoints)}",
                $"onFailure.interval={ConfigReader.Written(rollout.OnFailure.Interval)}",
                $"promotion.watch={ConfigReader.Written(rollout.Promotion.Watch)}",
                $"promotion.holdBack={ConfigReader.WrittenShare(rollout.Promotion.HoldBackBasisPoints)}",
                $"notify.on=[{string.Join(", ", new NotifyConfig().On.Select(kind => $"\"{kind}\""))}]",
                $"admin.address={bare.Admin.Address}",
                "admin.allowedOrigins=[]",
                $"adminTokens.operator={bare.Admin.OperatorToken}",
                $"adminTokens.viewer={bare.Admin.ViewerToken}",
                "log.level=info",
                $"accessLog.path={access.Path}",
                $"accessLog.format={access.Format.ToString().ToLowerInvariant()}",
                $"accessLog.sample={ConfigReader.WrittenShare(access.SampleBasisPoints)}",
                $"accessLog.query={access.Query}",
                $"journal.size={ConfigReader.Written(state.Journal.FileBytes)}",
                $"journal.files={state.Journal.Files}",
            }.Order(),
            told.Order());

        static string Step(RolloutStepConfig step) =>
            $"{{\"weight\": \"{ConfigReader.WrittenShare(step.WeightBasisPoints)}\"{(step.Hold > TimeSpan.Zero ? $", \"hold\": \"{ConfigReader.Written(step.Hold)}\"" : "")}}}";

        static string Seconds(TimeSpan time) => $"{time.TotalSeconds}s";
    }

    [Fact]
    public void Schema_and_parser_judge_every_replaced_value_alike()
    {
        int accepted = 0;
        foreach (string[] path in Paths(JsonNode.Parse(Everything)!, []))
        {
            foreach (string replacement in Replacements)
            {
                accepted += AssertAlike(Replace(path, replacement), $"{string.Join('/', path)} = {replacement}") ? 1 : 0;
            }
        }
        Assert.InRange(accepted, 100, int.MaxValue);
    }

    [Fact]
    public void Schema_and_parser_judge_every_left_out_and_every_added_key_alike()
    {
        foreach (string[] path in Paths(JsonNode.Parse(Everything)!, []))
        {
            JsonNode without = JsonNode.Parse(Everything)!;
            (JsonNode parent, string last) = Find(without, path);
            if (parent is JsonObject mapping)
            {
                mapping.Remove(last);
                AssertAlike(without.ToJsonString(), $"without {string.Join('/', path)}");
            }
            JsonNode added = JsonNode.Parse(Everything)!;
            (parent, last) = Find(added, path);
            if ((parent is JsonObject ? parent[last] : parent[int.Parse(last)]) is JsonObject target)
            {
                target["surplus"] = new JsonObject();
                AssertAlike(added.ToJsonString(), $"added to {string.Join('/', path)}");
            }
        }
    }

    [Theory]
    [InlineData("""{ "address": "0.0.0.0:1" }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "service": "s", "routes": [ { "service": "s" } ] }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "protocol": "tcp", "routes": [ { "service": "s" } ] }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "protocol": "tcp", "service": "s" }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "protocol": "tcp", "service": "s", "timeouts": { "idle": "5s" } }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "protocol": "tcp", "service": "s", "trustedProxies": [ "10.0.0.0/8" ] }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "protocol": "tcp", "service": "s", "trustedProxies": [] }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "protocol": "tcp", "service": "s", "limits": { "headers": 5 } }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "protocol": "tcp", "service": "s", "forwarded": "append" }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "protocol": "tcp", "service": "s", "xForwarded": "append" }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "protocol": "tcp", "service": "s", "proxyProtocol": false, "trustedProxies": [ "10.0.0.0/8" ] }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "protocol": "tcp", "service": "s", "proxyProtocol": true, "trustedProxies": [ "10.0.0.0/8" ] }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "protocol": "tcp", "service": "s", "proxyProtocol": "${SET}", "trustedProxies": [ "10.0.0.0/8" ] }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "service": "s", "proxyProtocol": true, "trustedProxies": [] }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "service": "s", "proxyProtocol": true }""")]
    [InlineData("""{ "address": "0.0.0.0:1", "service": "s", "proxyProtocol": false }""")]
    public void Schema_and_parser_judge_what_a_listener_needs_alike(string listener)
    {
        JsonNode root = JsonNode.Parse(Everything)!;
        root["listeners"] = new JsonArray(JsonNode.Parse(listener));
        AssertAlike(root.ToJsonString(), listener);
    }

    /// <summary>Whether both accept the text; asserts that one does only if the other does.</summary>
    private static bool AssertAlike(string text, string what)
    {
        (bool schema, bool parser) = Judge(text);
        if (schema != parser)
            Assert.Fail($"{what}: schema {schema}, parser {parser}\n{string.Join('\n', Sample.Parse(text, Environment).Errors)}");
        return schema;
    }

    /// <summary>
    /// Both judgements, as far as a schema can judge. What it cannot: what a variable's value is, relations between keys,
    /// and whether text that looks like an address is one.
    /// </summary>
    private static (bool Schema, bool Parser) Judge(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return (new JsonSchema(Schema).Accepts(document.RootElement), Sample.Parse(text, Environment).Errors.All(BeyondASchema));
    }

    private static bool BeyondASchema(ConfigError error) =>
        error.Message.Contains(", from \"", StringComparison.Ordinal) && !error.Message.Contains("from \"$${", StringComparison.Ordinal)
        || error.Message.StartsWith("unknown service ", StringComparison.Ordinal)
        || error.Message.StartsWith("unknown version ", StringComparison.Ordinal)
        || error.Message.Contains("not shown, from a variable", StringComparison.Ordinal)
        || error.Message.Contains("cannot be compared with itself", StringComparison.Ordinal)
        || error.Message.Contains("with a rollout the split is between", StringComparison.Ordinal)
        || error.Message.Contains("a rollout's weights never fall", StringComparison.Ordinal)
        || error.Message.Contains("with pauses alone", StringComparison.Ordinal)
        || error.Message.Contains("nothing is judged", StringComparison.Ordinal)
        || error.Message.Contains("needs \"cpu\", \"memory\" or both", StringComparison.Ordinal)
        || error.Message.Contains("needs \"resources.from\"", StringComparison.Ordinal)
        || error.Message.Contains("needs \"business.header\"", StringComparison.Ordinal)
        || error.Message.Contains("no time zone", StringComparison.Ordinal)
        || error.Message.Contains("closes when it opens", StringComparison.Ordinal)
        || error.Message.Contains("what interval is", StringComparison.Ordinal)
        || error.Message.Contains("the viewer's token is the operator's too", StringComparison.Ordinal)
        || error.Message.Contains("without \"tokens.operator\"", StringComparison.Ordinal)
        || error.Path.EndsWith(".inFile", StringComparison.Ordinal) && !error.Message.StartsWith("expected ", StringComparison.Ordinal)
        || error.Message.Contains("a country's two letters", StringComparison.Ordinal) && error.Message.EndsWith("got \"uk\"", StringComparison.OrdinalIgnoreCase)
        || error.Message.Contains("\"allowFaultInjection: true\"", StringComparison.Ordinal)
        || error.Message.Contains("\"geoip.database\"", StringComparison.Ordinal)
        || error.Message.Contains("\"secure: true\"", StringComparison.Ordinal)
        || error.Message.Contains("unless \"body\" is json", StringComparison.Ordinal)
        || error.Message.Contains("a PROXY header is for tcp listeners alone", StringComparison.Ordinal)
        || error.Message.Contains("the cookie that the key is read from", StringComparison.Ordinal)
        || error.Message.Contains("with the key client-ip", StringComparison.Ordinal)
        || error.Message.Contains("FastCanary handles itself", StringComparison.Ordinal)
        || error.Message.Contains("has a weight above 0", StringComparison.Ordinal)
        || error.Message.Contains("never reached", StringComparison.Ordinal)
        || error.Message.Contains("what requestHead allows", StringComparison.Ordinal)
        || error.Message.Contains("is listed already", StringComparison.Ordinal)
        || error.Message.Contains("the environment variable", StringComparison.Ordinal);

    private static string? Environment(string name) => name == "SET" ? "?" : null;

    private static IEnumerable<string[]> Paths(JsonNode node, string[] path)
    {
        IEnumerable<(string Name, JsonNode? Child)> children = node switch
        {
            JsonObject mapping => mapping.Select(member => (member.Key, member.Value)),
            JsonArray list => list.Select((item, index) => ($"{index}", item)),
            _ => [],
        };
        foreach ((string name, JsonNode? child) in children)
        {
            string[] here = [.. path, name];
            yield return here;
            foreach (string[] below in Paths(child!, here))
                yield return below;
        }
    }

    private static (JsonNode Parent, string Last) Find(JsonNode root, string[] path)
    {
        JsonNode parent = root;
        foreach (string step in path[..^1])
            parent = (parent is JsonArray list ? list[int.Parse(step)] : parent[step])!;
        return (parent, path[^1]);
    }

    private static string Replace(string[] path, string replacement)
    {
        JsonNode root = Around(ref path);
        (JsonNode parent, string last) = Find(root, path);
        if (parent is JsonArray list)
            list[int.Parse(last)] = JsonNode.Parse(replacement);
        else
            parent[last] = JsonNode.Parse(replacement);
        return root.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>What a value at the path depends on, with its path in there: without other listeners, services, keys of its service, and items of a list of that.</summary>
    private static JsonNode Around(ref string[] path)
    {
        JsonNode root = JsonNode.Parse(Everything)!;
        JsonObject services = root["services"]!.AsObject();
        if (path is ["admin" or "log" or "state", _, ..])
        {
            foreach ((_, JsonNode? service) in services)
                KeepKeys(service!, "versions");
        }
        if (path.Length < 2 || path[0] is not ("listeners" or "services"))
            return root;
        path = [.. path];
        if (path[0] == "listeners")
        {
            KeepItem(root["listeners"]!, path, 1);
            foreach ((_, JsonNode? service) in services)
                KeepKeys(service!, "versions");
            return root;
        }
        root["listeners"] = new JsonArray(root["listeners"]![path[1] == "t" ? 1 : 0]!.DeepClone());
        if (path[1] != "t")
            root["listeners"]![0]!["routes"] = new JsonArray(new JsonObject { ["service"] = path[1] });
        KeepKeys(services, path[1]);
        if (path.Length == 2)
            return root;
        KeepKeys(services[path[1]]!, "versions", "affinity", path[2]);
        if (path.Length > 3 && services[path[1]]![path[2]] is JsonArray)
            KeepItem(services[path[1]]![path[2]]!, path, 3);
        if (path.Length > 3 && path[2] == "rollout")
            KeepOfRollout(services[path[1]]![path[2]]!, path);
        return root;
    }

    private static void KeepOfRollout(JsonNode rollout, string[] path)
    {
        KeepKeys(rollout, "canary", "baseline", path[3]);
        JsonNode below = rollout[path[3]]!;
        if (path.Length > 4 && below is JsonArray)
            KeepItem(below, path, 4);
        if (path.Length <= 4 || path[3] != "analysis")
            return;
        KeepKeys(below, "policy", "resources", "business", path[4]);
        if (path.Length > 5 && below[path[4]] is JsonArray queries)
            KeepItem(queries, path, 5);
    }

    private static void KeepKeys(JsonNode mapping, params string[] kept)
    {
        foreach (string key in mapping.AsObject().Select(member => member.Key).Except(kept).ToList())
            mapping.AsObject().Remove(key);
    }

    private static void KeepItem(JsonNode list, string[] path, int step)
    {
        JsonNode kept = list[int.Parse(path[step])]!.DeepClone();
        list.AsArray().Clear();
        list.AsArray().Add(kept);
        path[step] = "0";
    }
}
