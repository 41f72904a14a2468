using FastCanary.Control;

namespace FastCanary.Control.Tests;

public class ConfigErrorTests
{
    [Theory]
    [InlineData("weight: §ten", "expected a whole number from 0 to 65535, got \"ten\"")]
    [InlineData("weight: §-1", "expected a whole number from 0 to 65535, got -1")]
    [InlineData("weight: §+1", "expected a whole number from 0 to 65535, got +1")]
    [InlineData("weight: §65536", "expected a whole number from 0 to 65535, got 65536")]
    [InlineData("weight: §99999999999999999999", "expected a whole number from 0 to 65535, got 99999999999999999999")]
    [InlineData("weight: §010", "expected a whole number from 0 to 65535, got 010")]
    [InlineData("weight: §1.5", "expected a whole number from 0 to 65535, got 1.5")]
    [InlineData("weight: §\"10\"", "expected a whole number from 0 to 65535, got the text \"10\"; leave the quotes away")]
    [InlineData("weight: §true", "expected a whole number from 0 to 65535, got true")]
    [InlineData("weight: §[1]", "expected a whole number from 0 to 65535, got a list")]
    [InlineData("weight: §{ a: 1 }", "expected a whole number from 0 to 65535, got a mapping")]
    [InlineData("weight: §~", "expected a whole number from 0 to 65535, got nothing")]
    public void A_weight_is_a_whole_number_in_range(string key, string error) =>
        Sample.AssertOnlyError($"{Sample.Listeners}services:\n  s:\n    versions:\n      v:\n        endpoints: [\"h:1\"]\n        {key}\n", $"services.s.versions.v.weight: {error}");

    [Theory]
    [InlineData("10")]
    [InlineData("0s")]
    [InlineData("5 s")]
    [InlineData("5S")]
    [InlineData("1.5s")]
    [InlineData("-5s")]
    [InlineData("1m30s")]
    [InlineData("05s")]
    [InlineData("25h")]
    [InlineData("99999999999999999h")]
    [InlineData("s")]
    public void A_time_is_a_whole_number_and_a_unit(string value)
    {
        string got = value == "10" ? "10; text like that needs quotes" : $"\"{value}\"";
        Sample.AssertOnlyError(
            $"{Sample.Services}listeners:\n  - address: 0.0.0.0:80\n    service: s\n    timeouts:\n      idle: §{value}\n",
            $"listeners[0].timeouts.idle: expected a time from 1ms to 24h, such as 250ms, 5s, 2m or 1h, got {got}");
    }

    [Theory]
    [InlineData("32KB")]
    [InlineData("32 KiB")]
    [InlineData("1023")]
    [InlineData("257KiB")]
    [InlineData("262145")]
    [InlineData("1MiB")]
    [InlineData("9999999999GiB")]
    [InlineData("0")]
    public void A_size_is_bytes_or_has_a_binary_unit_and_is_in_range(string value)
    {
        string got = value.All(char.IsAsciiDigit) ? value : $"\"{value}\"";
        Sample.AssertOnlyError(
            $"{Sample.Services}listeners:\n  - address: 0.0.0.0:80\n    service: s\n    limits: {{ requestHead: §{value} }}\n",
            $"listeners[0].limits.requestHead: expected a size from 1KiB to 256KiB, such as 4096, 64KiB or 10MiB, got {got}");
    }

    [Fact]
    public void A_request_line_is_no_longer_than_its_head() =>
        Sample.AssertOnlyError(
            $"{Sample.Services}listeners:\n  - address: 0.0.0.0:80\n    service: s\n    limits: {{ requestHead: 8KiB, requestLine: §9KiB }}\n",
            "listeners[0].limits.requestLine: expected at most 8KiB, what requestHead allows, got 9KiB");

    [Theory]
    [InlineData("8080")]
    [InlineData("localhost:8080")]
    [InlineData(":8080")]
    [InlineData("0.0.0.0")]
    [InlineData("0.0.0.0:0")]
    [InlineData("0.0.0.0:65536")]
    [InlineData("0.0.0.0:080")]
    [InlineData("0.0.0:80")]
    [InlineData("010.0.0.1:80")]
    [InlineData("::1:80")]
    [InlineData("'[::1%1]:80'")]
    [InlineData("'[127.0.0.1]:80'")]
    public void A_listeners_address_is_an_ip_address_and_a_port(string address)
    {
        string got = address == "8080" ? "8080; text like that needs quotes" : $"\"{address.Trim('\'')}\"";
        Sample.AssertOnlyError(
            $"{Sample.Services}listeners:\n  - address: §{address}\n    service: s\n",
            $"listeners[0].address: expected an IP address and a port from 1 to 65535, such as 0.0.0.0:8080 or \"[::]:8080\", got {got}");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:70000")]
    [InlineData("http://127.0.0.1:80")]
    [InlineData("127.0.0.256:80")]
    [InlineData("1.2.3:80")]
    [InlineData("unix:/run/x.sock")]
    [InlineData("a b:80")]
    [InlineData("-a:80")]
    [InlineData("a..b:80")]
    [InlineData("::1:80")]
    [InlineData("[::1:80")]
    [InlineData("ex\\u00e4mple:80")]
    public void An_endpoint_is_a_host_and_a_port(string address) =>
        Sample.AssertOnlyError(
            $"{Sample.Listeners}services:\n  s:\n    versions:\n      v: {{ endpoints: [\"h:1\", §\"{address}\"] }}\n",
            "services.s.versions.v.endpoints[1]: expected host:port with a port from 1 to 65535, such as 127.0.0.1:8081, example.com:80 or \"[::1]:8081\","
            + $" got \"{System.Text.RegularExpressions.Regex.Unescape(address)}\"");

    [Theory]
    [InlineData("§wieght: 1", "wieght", "unknown key \"wieght\"; did you mean \"weight\"? allowed here: weight, endpoints")]
    [InlineData("§Weight: 1", "Weight", "unknown key \"Weight\"; did you mean \"weight\"? allowed here: weight, endpoints")]
    [InlineData("§endpoint: 1", "endpoint", "unknown key \"endpoint\"; did you mean \"endpoints\"? allowed here: weight, endpoints")]
    [InlineData("§colour: 1", "colour", "unknown key \"colour\"; allowed here: weight, endpoints")]
    [InlineData("§\"a\\nb\": 1", "a\nb", "unknown key \"a\\u000ab\"; allowed here: weight, endpoints")]
    public void An_unknown_key_is_refused_with_the_nearest_known_one(string key, string path, string error) =>
        Sample.AssertOnlyError($"{Sample.Listeners}services:\n  s:\n    versions:\n      v:\n        endpoints: [\"h:1\"]\n        {key}\n", $"services.s.versions.v.{path}: {error}");

    [Theory]
    [InlineData("configSource")]
    [InlineData("tracing")]
    public void A_key_of_a_feature_to_come_is_refused_at_the_top(string key) =>
        Sample.AssertOnlyError($"{Sample.Listeners}{Sample.Services}§{key}: {{ x: [1, 2] }}\n", $"{key}: \"{key}\" is not supported yet");

    [Fact]
    public void A_key_of_a_feature_to_come_is_refused_in_a_service() =>
        Sample.AssertOnlyError($"{Sample.Listeners}{Sample.Services}    §split: ${{UNSET}}\n", "services.s.split: \"split\" is not supported yet");

    [Theory]
    [InlineData("transport: §kqueue", "transport: expected auto, epoll or sockets, got \"kqueue\"")]
    [InlineData("loops: §-1", "loops: expected a whole number from 0 to 1024, got -1")]
    public void The_runtime_takes_what_there_is(string key, string error) =>
        Sample.AssertOnlyError($"{Sample.Listeners}{Sample.Services}runtime: {{ {key} }}\n", $"runtime.{error}");

    [Theory]
    [InlineData("auto", true, "")]
    [InlineData("auto", false, "")]
    [InlineData("epoll", true, "")]
    [InlineData("epoll", false, "f.yaml:7:21: runtime.transport: \"epoll\" is there on Linux only; expected auto or sockets")]
    [InlineData("sockets", true, "")]
    [InlineData("sockets", false, "")]
    public void The_transport_is_one_that_the_system_has(string transport, bool hasEpoll, string error)
    {
        var reader = new ConfigReader("f.yaml", Sample.NoEnvironment);
        RuntimeSection.Transport(reader, new ScalarNode(new ConfigPosition(7, 21, "runtime.transport"), transport, quoted: false), hasEpoll);
        Assert.Equal(error, string.Join('\n', reader.Errors));
    }

    [Theory]
    [InlineData("§- address: 0.0.0.0:80", "listeners[0]: a listener needs \"service\" or \"routes\"")]
    [InlineData("- address: 0.0.0.0:80\n    service: s\n    §routes: [{ service: s }]", "listeners[0].routes: a listener has either \"service\" or \"routes\", not both")]
    [InlineData("§- service: s", "listeners[0]: the key \"address\" is missing")]
    [InlineData("- address: 0.0.0.0:80\n    service: §search", "listeners[0].service: unknown service \"search\"; services: s")]
    [InlineData("- address: 0.0.0.0:80\n    routes: [{ service: §ss }]", "listeners[0].routes[0].service: unknown service \"ss\"; did you mean \"s\"? services: s")]
    [InlineData("- address: 0.0.0.0:80\n    service: §[s]", "listeners[0].service: expected the name of a service, got a list")]
    [InlineData("- address: 0.0.0.0:80\n    service: §1.0", "listeners[0].service: expected the name of a service, got 1.0; text like that needs quotes")]
    [InlineData("- address: 0.0.0.0:80\n    service: s\n    protocol: §udp", "listeners[0].protocol: expected http or tcp, got \"udp\"")]
    [InlineData("- address: 0.0.0.0:80\n    service: s\n    limits: { headers: §0 }", "listeners[0].limits.headers: expected a whole number from 1 to 1024, got 0")]
    [InlineData("- address: 0.0.0.0:80\n    service: s\n  - address: §0.0.0.0:80\n    service: s", "listeners[1].address: 0.0.0.0:80 is taken by the listener at line 6")]
    [InlineData("- address: 0.0.0.0:80\n    service: s\n    proxyProtocol: §yes", "listeners[0].proxyProtocol: expected true or false, got \"yes\"")]
    [InlineData("- address: 0.0.0.0:80\n    service: s\n    proxyProtocol: §true", "listeners[0].proxyProtocol: needs \"trustedProxies\": nobody else's PROXY header is believed")]
    [InlineData("- address: 0.0.0.0:80\n    service: s\n    trustedProxies: []\n    proxyProtocol: §true", "listeners[0].proxyProtocol: needs \"trustedProxies\": nobody else's PROXY header is believed")]
    [InlineData("- address: 0.0.0.0:80\n    service: s\n    xForwarded: §off", "listeners[0].xForwarded: expected append or replace, got \"off\"")]
    [InlineData("- address: 0.0.0.0:80\n    service: s\n    forwarded: §on", "listeners[0].forwarded: expected off, append or replace, got \"on\"")]
    [InlineData("§- 0.0.0.0:80", "listeners[0]: expected a mapping of keys to values, got \"0.0.0.0:80\"")]
    public void A_listener_is_checked(string listener, string error)
    {
        // The mark of a list item stands before its dash; its place is that of its first key.
        string marked = listener.StartsWith('§') ? "- §" + listener[3..] : listener;
        Sample.AssertOnlyError($"{Sample.Services}listeners:\n  {marked}\n", error);
    }

    [Theory]
    [InlineData("§routes: [{ service: s }]", "routes: a tcp listener has no routes, since it sees no host and no path; give it a \"service\"")]
    [InlineData("service: s\n    §timeouts: { idle: 5s }", "timeouts: has no meaning on a tcp listener; the service's timeouts.tunnel bounds its connections")]
    [InlineData("service: s\n    §trustedProxies: [10.0.0.0/8]", "trustedProxies: has no meaning without proxyProtocol on a tcp listener, which has no other word about the client")]
    [InlineData("service: s\n    §trustedProxies: [10.0.0.0/8]\n    proxyProtocol: false", "trustedProxies: has no meaning without proxyProtocol on a tcp listener, which has no other word about the client")]
    [InlineData("service: s\n    §xForwarded: append", "xForwarded: has no meaning on a tcp listener")]
    [InlineData("service: s\n    §forwarded: append", "forwarded: has no meaning on a tcp listener")]
    [InlineData("service: s\n    trustedProxies: [10.0.0.0/8]\n    proxyProtocol: §1", "proxyProtocol: expected true or false, got 1")]
    [InlineData("service: s\n    proxyProtocol: §true", "proxyProtocol: needs \"trustedProxies\": nobody else's PROXY header is believed")]
    [InlineData("service: s\n    limits: { connections: 9, §headers: 5 }", "limits.headers: has no meaning on a tcp listener")]
    public void A_tcp_listener_refuses_what_only_http_has(string keys, string error) =>
        Sample.AssertOnlyError($"{Sample.Services}listeners:\n  - address: 0.0.0.0:80\n    protocol: tcp\n    {keys}\n", $"listeners[0].{error}");

    [Fact]
    public void A_tcp_listener_needs_a_service() =>
        Sample.AssertOnlyError($"{Sample.Services}listeners:\n  - §address: 0.0.0.0:80\n    protocol: tcp\n", "listeners[0]: a tcp listener needs \"service\"");

    [Theory]
    [InlineData("{ path: §api, service: s }", "path: expected a path that begins with \"/\" and has no query, such as /api/, got \"api\"")]
    [InlineData("{ path: §/api?x=1, service: s }", "path: expected a path that begins with \"/\" and has no query, such as /api/, got \"/api?x=1\"")]
    [InlineData("{ host: §h:80, service: s }", "host: expected a host name without a port, such as shop.example or \"*.shop.example\", got \"h:80\"")]
    [InlineData("{ host: §'*', service: s }", "host: expected a host name without a port, such as shop.example or \"*.shop.example\", got \"*\"")]
    [InlineData("{ host: §a.*.b, service: s }", "host: expected a host name without a port, such as shop.example or \"*.shop.example\", got \"a.*.b\"")]
    public void A_route_is_checked(string route, string error) =>
        Sample.AssertOnlyError($"{Sample.Services}listeners:\n  - address: 0.0.0.0:80\n    routes:\n      - {route}\n", $"listeners[0].routes[0].{error}");

    [Theory]
    [InlineData("{ service: s }", "{ path: /api, service: s }")]
    [InlineData("{ path: /, service: s }", "{ host: h, service: s }")]
    [InlineData("{ path: /api, service: s }", "{ path: /api/v2, service: s }")]
    [InlineData("{ path: /api/, service: s }", "{ path: /api, service: s }")]
    [InlineData("{ host: '*.example', service: s }", "{ host: SHOP.example, service: s }")]
    [InlineData("{ host: '*.example', service: s }", "{ host: '*.shop.example', service: s }")]
    [InlineData("{ host: h, service: s }", "{ host: H, path: /x, service: s }")]
    public void A_route_behind_one_that_takes_all_of_its_requests_is_refused(string first, string second) =>
        Sample.AssertOnlyError(
            $"{Sample.Services}listeners:\n  - address: 0.0.0.0:80\n    routes:\n      - {first}\n      - §{second}\n",
            "listeners[0].routes[1]: this route is never reached: the one at line 8 takes every request that it would");

    [Theory]
    [InlineData("{ path: /api, service: s }", "{ path: /apix, service: s }")]
    [InlineData("{ path: /api/v2, service: s }", "{ path: /api, service: s }")]
    [InlineData("{ host: h, service: s }", "{ service: s }")]
    [InlineData("{ host: '*.example', service: s }", "{ host: example, service: s }")]
    [InlineData("{ host: '*.example', service: s }", "{ host: shopexample, service: s }")]
    [InlineData("{ host: h, path: /x, service: s }", "{ host: h, service: s }")]
    public void A_route_that_some_request_reaches_is_taken(string first, string second) =>
        Assert.Equal(2, Sample.Config($"{Sample.Services}listeners:\n  - address: 0.0.0.0:80\n    routes:\n      - {first}\n      - {second}\n").Listeners[0].Routes.Count);

    [Theory]
    [InlineData("10.1.0.0/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0/8")]
    [InlineData("example.com")]
    public void A_trusted_network_is_an_address_and_a_prefix(string network) =>
        Sample.AssertOnlyError(
            $"{Sample.Services}listeners:\n  - address: 0.0.0.0:80\n    service: s\n    trustedProxies: [10.0.0.0/8, §{network}]\n",
            "listeners[0].trustedProxies[1]: expected a network such as 10.0.0.0/8 or \"2001:db8::/32\" with no bits set behind its prefix, or an IP address,"
            + $" got \"{network}\"");

    [Theory]
    [InlineData("s:\n    versions: §{}", "s.versions: expected at least one version")]
    [InlineData("s:\n    versions: { v: { endpoints: §[] } }", "s.versions.v.endpoints: expected at least one endpoint")]
    [InlineData("s:\n    versions: { v: §{ weight: 1 } }", "s.versions.v: the key \"endpoints\" is missing")]
    [InlineData("s:\n    versions: { v: { endpoints: §h:1 } }", "s.versions.v.endpoints: expected a list of endpoints, got \"h:1\"")]
    [InlineData("s:\n    versions: §{ v: { weight: 0, endpoints: ['h:1'] } }", "s.versions: no version has a weight above 0")]
    [InlineData("s:\n    versions: { v: { endpoints: §[{ address: 'h:1', weight: 0 }] } }", "s.versions.v.endpoints: no endpoint has a weight above 0")]
    [InlineData("s:\n    versions: { v: { endpoints: ['h:1', §'H:1'] } }", "s.versions.v.endpoints[1]: H:1 is listed already, at line 6; a larger share is a larger weight")]
    [InlineData("s:\n    versions: { v: { endpoints: [§{ weight: 2 }] } }", "s.versions.v.endpoints[0]: the key \"address\" is missing")]
    [InlineData("s:\n    exposeVersion: §yes\n    versions: { v: { endpoints: ['h:1'] } }", "s.exposeVersion: expected true or false, got \"yes\"")]
    [InlineData("s:\n    versions: { §v 1: { endpoints: ['h:1'] }, w: { endpoints: ['h:1'] } }", "s.versions.v 1: \"v 1\" is not a name; expected 1 to 63 letters, digits, \".\", \"_\" or \"-\"")]
    [InlineData("s:\n    versions: { v: { endpoints: ['h:1'] } }\n    limits: { responseHead: §512 }", "s.limits.responseHead: expected a size from 1KiB to 256KiB, such as 4096, 64KiB or 10MiB, got 512")]
    [InlineData("s:\n    versions: { v: { endpoints: ['h:1'] } }\n    limits: { requestBody: §2000GiB }", "s.limits.requestBody: expected a size from 0 to 1024GiB, such as 4096, 64KiB or 10MiB, got \"2000GiB\"")]
    [InlineData("s:§", "s: expected a mapping of keys to values, got nothing")]
    public void A_service_is_checked(string service, string error) =>
        Sample.AssertOnlyError($"{Sample.Listeners}services:\n  {service}\n", $"services.{error}");

    [Theory]
    [InlineData("§", "the file is empty; a configuration has at least \"listeners\" and \"services\"")]
    [InlineData("§# nothing but a comment\n", "the file is empty; a configuration has at least \"listeners\" and \"services\"")]
    [InlineData("§---\n...\n", "the file is empty; a configuration has at least \"listeners\" and \"services\"")]
    [InlineData("§just text", "expected a mapping of keys to values, got \"just text\"")]
    [InlineData("§- a\n- b\n", "expected a mapping of keys to values, got a list")]
    public void A_file_that_is_no_mapping_says_so(string text, string error) => Sample.AssertOnlyError(text, error);

    [Fact]
    public void Both_top_level_keys_are_required() =>
        Assert.Equal(
            ["f.yaml:1:1: the key \"listeners\" is missing", "f.yaml:1:1: the key \"services\" is missing"],
            Sample.Parse("runtime: { loops: 1 }").Errors.Select(error => error.ToString()));

    [Theory]
    [InlineData("a: 1\n§a: 2\n", "a: duplicate key \"a\"; the first is at line 1")]
    [InlineData("b: { c: 1, §c: 2 }\n", "b.c: duplicate key \"c\"; the first is at line 1")]
    [InlineData("a: §&x 1\n", "a: the anchor \"&x\" is refused: FastCanary reads no aliases; write the value out")]
    [InlineData("a: §!!str 1\n", "a: the tag \"tag:yaml.org,2002:str\" is refused; leave it away")]
    [InlineData("a: 1\n§---\nb: 2\n", "a second YAML document begins here; a configuration is one document")]
    [InlineData("§[a, b]: 1\n", "a key must be a single word, not a list or a mapping")]
    public void What_makes_yaml_mean_something_else_than_it_looks_like_is_refused(string marked, string error)
    {
        int mark = marked.IndexOf('§');
        int line = marked[..mark].Count(character => character == '\n') + 1;
        int column = mark - marked.LastIndexOf('\n', mark);
        Assert.Contains($"f.yaml:{line}:{column}: {error}", Sample.Parse(marked.Replace("§", "")).Errors.Select(found => found.ToString()));
    }

    [Fact]
    public void An_alias_is_refused_where_it_stands() =>
        Assert.Contains(
            "f.yaml:2:4: b: the alias \"*x\" is refused; write the value out",
            Sample.Parse("a: &x 1\nb: *x\n").Errors.Select(found => found.ToString()));

    [Theory]
    [InlineData("listeners:\n  - address: \"0.0.0.0:80\n", 2, 14)]
    [InlineData("listeners: [\n", 2, 1)]
    [InlineData("listeners:\n\t- a\n", 2, 1)]
    [InlineData("a: 1\n b: 2\n", 2, 3)]
    [InlineData("a: }\n", 1, 4)]
    [InlineData("a: [1\nb: 2\n", 1, 4)]
    public void A_syntax_error_has_its_place(string text, int line, int column)
    {
        ConfigError error = Assert.Single(Sample.Parse(text).Errors);
        Assert.StartsWith("not valid YAML: ", error.Message);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void An_unquoted_ipv6_address_is_explained()
    {
        ConfigError error = Assert.Single(Sample.Parse("listeners:\n  - address: [::]:8080\n    service: s\n").Errors);
        Assert.Equal(2, error.Line);
        Assert.Contains("needs quotes, as in \"[::]:8080\"", error.Message);
    }

    [Fact]
    public void Damaged_text_gives_errors_with_places_and_never_an_exception()
    {
        const string Characters = "[]{}:,-\"'#&*!|>%@`\n\t ab1?~$\\\0\u0085\u2028é";
        string whole = Sample.Listeners + Sample.Services + File.ReadAllText(Path.Combine(Sample.Root, "config", "fastcanary.yaml"));
        var random = new Random(6);
        for (int round = 0; round < 5000; round++)
        {
            var text = new System.Text.StringBuilder(whole[random.Next(whole.Length / 2)..]);
            for (int damage = random.Next(1, 6); damage > 0; damage--)
            {
                int at = random.Next(text.Length);
                if (random.Next(3) == 0)
                    text.Remove(at, 1);
                else
                    text.Insert(at, Characters[random.Next(Characters.Length)]);
            }
            Assert.All(Sample.Parse(text.ToString()).Errors, error => Assert.True(error.Line >= 1 && error.Column >= 1, $"{error} in\n{text}"));
        }
    }

    [Fact]
    public void Nesting_has_a_bound()
    {
        ConfigError error = Assert.Single(Sample.Parse("a: " + new string('[', 100_000)).Errors);
        Assert.Contains("nest deeper than 32", error.Message);
    }

    [Fact]
    public void Every_error_is_told_in_the_order_of_the_file()
    {
        ConfigResult result = Sample.Parse("""
            services:
              s:
                versions:
                  v: { weight: ten, endpoints: ["127.0.0.1"] }
                split: {}
                colour: blue
            listeners:
              - address: 0.0.0.0:80
                service: t
                timeouts: { idle: 5 }
            tracing: {}
            """);
        Assert.Equal(
            ["4:20", "4:37", "5:5", "6:5", "9:14", "10:23", "11:1"],
            result.Errors.Select(error => $"{error.Line}:{error.Column}"));
    }

    [Fact]
    public void A_missing_file_gives_one_line_with_the_remedy()
    {
        string path = Path.Combine(Path.GetTempPath(), $"fastcanary-{Guid.NewGuid()}.yaml");
        Assert.Equal(
            $"{path}: there is no such file; write one (docs/configuration.md), or name another with -c FILE",
            Assert.Single(ConfigLoader.Load(path, Sample.NoEnvironment).Errors).ToString());
    }

    [Fact]
    public void A_directory_is_no_configuration() =>
        Assert.Equal(
            $"{Path.GetTempPath()}: this is a directory; name a file in it with -c FILE",
            Assert.Single(ConfigLoader.Load(Path.GetTempPath(), Sample.NoEnvironment).Errors).ToString());

    [Theory]
    [InlineData(new byte[] { 0x61, 0x3A, 0xFF }, "not UTF-8 text; save it as UTF-8")]
    [InlineData(null, "larger than 4MiB, which is the most that is read")]
    public void A_file_that_cannot_be_text_is_refused(byte[]? content, string error)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, content ?? new byte[ConfigLoader.FileBytesMax + 1]);
            Assert.Equal($"{path}: {error}", Assert.Single(ConfigLoader.Load(path, Sample.NoEnvironment).Errors).ToString());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_long_value_is_shortened_in_its_error()
    {
        ConfigError error = Assert.Single(Sample.Parse($"{Sample.Listeners}{Sample.Services}runtime: {{ transport: {new string('x', 200)} }}").Errors);
        Assert.Equal($"expected auto, epoll or sockets, got \"{new string('x', 60)}…\"", error.Message);
    }
}
