using System.Text.Json;
using System.Text.Json.Nodes;
using FastCanary.Control;

namespace FastCanary.Control.Tests;

public class ConfigSchemaTests
{
    private static readonly JsonElement Schema =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Sample.Root, "config", "fastcanary.schema.json"))).RootElement;

    /// <summary>Every key that there is, in one valid configuration.</summary>
    private const string Everything = """
        {
          "listeners": [
            {
              "address": "0.0.0.0:8080", "protocol": "http",
              "routes": [ { "host": "*.shop.example", "path": "/api/", "service": "s" }, { "service": "s" } ],
              "timeouts": { "requestHead": "10s", "requestBody": "250ms", "idle": "2m" },
              "limits": { "requestHead": "32KiB", "requestLine": 8192, "headers": 100, "connections": 0 },
              "trustedProxies": [ "10.0.0.0/8", "2001:db8::/32", "192.0.2.1" ]
            },
            { "address": "[::]:5432", "protocol": "tcp", "service": "s", "limits": { "connections": 5 } }
          ],
          "services": {
            "s": {
              "versions": {
                "stable": { "weight": 10, "endpoints": [ "127.0.0.1:8081" ] },
                "canary": { "weight": 5, "endpoints": [ "[::1]:8082", { "address": "origin.example:8083", "weight": 2 } ] }
              },
              "timeouts": { "connect": "1s", "response": "30s", "responseBody": "60s", "upstreamIdle": "60s", "tunnel": "1h" },
              "limits": { "requestBody": "10MiB", "responseHead": "64KiB" },
              "exposeVersion": true
            }
          },
          "runtime": { "transport": "epoll", "loops": 2 }
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
                    told.Add($"{definition.Name}.{property.Name}={value}");
            }
        }
        ListenerConfig listener = bare.Listeners[0];
        ServiceConfig service = bare.Services[0];
        Assert.Equal(
            new[]
            {
                $"listener.protocol={listener.Protocol.ToString().ToLowerInvariant()}",
                "listener.trustedProxies=[]",
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
            }.Order(),
            told.Order());

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
                (bool schema, bool parser, string text) = Judge(Replace(path, replacement));
                Assert.True(schema == parser, $"{string.Join('/', path)} = {replacement}: schema {schema}, parser {parser}\n{string.Join('\n', Sample.Parse(text, Environment).Errors)}");
                accepted += schema ? 1 : 0;
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
    public void Schema_and_parser_judge_what_a_listener_needs_alike(string listener)
    {
        JsonNode root = JsonNode.Parse(Everything)!;
        root["listeners"] = new JsonArray(JsonNode.Parse(listener));
        AssertAlike(root.ToJsonString(), listener);
    }

    private static void AssertAlike(string text, string what)
    {
        (bool schema, bool parser, _) = Judge(text);
        Assert.True(schema == parser, $"{what}: schema {schema}, parser {parser}\n{string.Join('\n', Sample.Parse(text, Environment).Errors)}");
    }

    /// <summary>
    /// Both judgements, as far as a schema can judge. What it cannot: what a variable's value is, relations between keys,
    /// and whether text that looks like an address is one.
    /// </summary>
    private static (bool Schema, bool Parser, string Text) Judge(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return (new JsonSchema(Schema).Accepts(document.RootElement), Sample.Parse(text, Environment).Errors.All(BeyondASchema), text);
    }

    private static bool BeyondASchema(ConfigError error) =>
        error.Message.Contains(", from \"", StringComparison.Ordinal) && !error.Message.Contains("from \"$${", StringComparison.Ordinal)
        || error.Message.StartsWith("unknown service ", StringComparison.Ordinal)
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
        JsonNode root = JsonNode.Parse(Everything)!;
        (JsonNode parent, string last) = Find(root, path);
        if (parent is JsonArray list)
            list[int.Parse(last)] = JsonNode.Parse(replacement);
        else
            parent[last] = JsonNode.Parse(replacement);
        return root.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
