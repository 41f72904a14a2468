using FastCanary.Control;
using FastCanary.Traffic;

namespace FastCanary.Control.Tests;

public class RuleTests
{
    [Fact]
    public void Every_condition_is_read()
    {
        RuleConfig rule = Rules("""
              - header: { X-Canary: "true", X-Team: { exact: "" } }
                cookie: { beta: { prefix: b }, on: { present: true } }
                query: { "a b": { in: [x, "2"] } }
                method: [GET, M-SEARCH]
                host: "*.shop.example"
                path: /new/
                country: [us, DE]
                network: [10.0.0.0/8, "2001:db8::1"]
                version: canary
            """, "geoip: { database: c.mmdb }\n")[0];
        Assert.Equal(
            ["X-Canary Exact true", "X-Team Exact ", "beta Prefix b", "on Present ", "a b OneOf x,2"],
            rule.Headers.Concat(rule.Cookies).Concat(rule.Query).Select(condition => $"{condition.Name} {condition.Kind} {string.Join(',', condition.Values)}"));
        Assert.Equal(["GET", "M-SEARCH"], rule.Methods);
        Assert.Equal(("*.shop.example", "/new/", "canary"), (rule.Host, rule.Path, rule.Version));
        Assert.Equal(["US", "DE"], rule.Countries);
        Assert.Equal(["10.0.0.0/8", "2001:db8::1/128"], rule.Networks.Select(network => network.ToString()));
    }

    [Fact]
    public void One_value_stands_for_a_list_of_one()
    {
        RuleConfig rule = Rules("  - { method: GET, country: de, network: 192.0.2.1, version: canary }", "geoip: { database: c.mmdb }\n")[0];
        Assert.Equal(["GET DE 192.0.2.1/32"], [$"{rule.Methods.Single()} {rule.Countries.Single()} {rule.Networks.Single()}"]);
    }

    [Fact]
    public void A_rule_without_conditions_takes_everything() => Assert.Single(Rules("  - { version: canary }"));

    [Fact]
    public void There_may_be_no_rules() => Assert.Empty(Sample.Clean(Sample.WithKeys("rules: []")).Services[0].Rules);

    [Theory]
    [InlineData("- §{ path: / }", ": the key \"version\" is missing")]
    [InlineData("- { version: §canry }", ".version: unknown version \"canry\"; did you mean \"canary\"? versions: stable, canary")]
    [InlineData("- { version: §[canary] }", ".version: expected the name of a version, got a list")]
    [InlineData("- { §headers: { X: a }, version: canary }", ".headers: unknown key \"headers\"; did you mean \"header\"? allowed here: header, cookie, query, method, host, path, country, network, version")]
    [InlineData("- { header: §X-Canary, version: canary }", ".header: expected a mapping of header names to what their values must be, got \"X-Canary\"")]
    [InlineData("- { header: §{}, version: canary }", ".header: expected 1 to 4096 header names, got 0")]
    [InlineData("- { header: { §a b: x }, version: canary }", ".header.a b: \"a b\" is no header's name; expected letters, digits and any of !#$%&'*+-.^_`|~")]
    [InlineData("- { cookie: { §a=b: x }, version: canary }", ".cookie.a=b: \"a=b\" is no cookie's name; expected letters, digits and any of !#$%&'*+-.^_`|~")]
    [InlineData("- { query: { §\"\": x }, version: canary }", ".query.: \"\" is no parameter's name; expected text without control characters")]
    [InlineData("- { header: { X-A: x, §x-a: y }, version: canary }", ".header.x-a: the header x-a is listed already, at line 10; case does not count")]
    [InlineData("- { header: { X: §1 }, version: canary }", ".header.X: expected text without control characters, or a mapping with one of exact, prefix, present, in, inFile, got 1; text like that needs quotes")]
    [InlineData("- { header: { X: §true }, version: canary }", ".header.X: expected text without control characters, or a mapping with one of exact, prefix, present, in, inFile, got true; text like that needs quotes")]
    [InlineData("- { header: { X: §\"a\\nb\" }, version: canary }", ".header.X: expected text without control characters, or a mapping with one of exact, prefix, present, in, inFile, got \"a\\u000ab\"")]
    [InlineData("- { header: { X: §{} }, version: canary }", ".header.X: expected exactly one of exact, prefix, present, in, inFile, got 0 keys")]
    [InlineData("- { header: { X: §{ exact: a, prefix: b } }, version: canary }", ".header.X: expected exactly one of exact, prefix, present, in, inFile, got 2 keys")]
    [InlineData("- { header: { X: { §exactly: a } }, version: canary }", ".header.X.exactly: unknown key \"exactly\"; did you mean \"exact\"? allowed here: exact, prefix, present, in, inFile")]
    [InlineData("- { header: { X: { exact: §[a] } }, version: canary }", ".header.X.exact: expected text without control characters, got a list")]
    [InlineData("- { header: { X: { prefix: §\"\" } }, version: canary }", ".header.X.prefix: expected text without control characters, at least one character, got \"\"")]
    [InlineData("- { header: { X: { present: §false } }, version: canary }", ".header.X.present: expected true; no rule asks for what is not there, so put a rule for what is there ahead")]
    [InlineData("- { header: { X: { present: §yes } }, version: canary }", ".header.X.present: expected true or false, got \"yes\"")]
    [InlineData("- { header: { X: { in: §[] } }, version: canary }", ".header.X.in: expected at least one value")]
    [InlineData("- { header: { X: { in: [a, §2] } }, version: canary }", ".header.X.in[1]: expected text without control characters, got 2; text like that needs quotes")]
    [InlineData("- { header: { X: { in: §a } }, version: canary }", ".header.X.in: expected a list of values, got \"a\"")]
    [InlineData("- { header: { X: { inFile: §no/such.txt } }, version: canary }", ".header.X.inFile: \"no/such.txt\": there is no such file; it is looked for beside the configuration file")]
    [InlineData("- { header: { X: { inFile: §/ } }, version: canary }", ".header.X.inFile: \"/\": this is a directory")]
    [InlineData("- { header: { X: { inFile: §\"\" } }, version: canary }", ".header.X.inFile: expected the path of a file with one value per line, got \"\"")]
    [InlineData("- { method: §get, version: canary }", ".method: expected a method in upper case, such as GET, got \"get\"")]
    [InlineData("- { method: [GET, §\"P T\"], version: canary }", ".method[1]: expected a method in upper case, such as GET, got \"P T\"")]
    [InlineData("- { method: §[], version: canary }", ".method: expected at least one method")]
    [InlineData("- { host: §h:80, version: canary }", ".host: expected a host name without a port, such as shop.example or \"*.shop.example\", got \"h:80\"")]
    [InlineData("- { path: §api, version: canary }", ".path: expected a path that begins with \"/\" and has no query, such as /api/, got \"api\"")]
    [InlineData("- { country: §UK, version: canary }", ".country: expected a country's two letters by ISO 3166-1, such as DE, got \"UK\"")]
    [InlineData("- { country: [DE, §DEU], version: canary }", ".country[1]: expected a country's two letters by ISO 3166-1, such as DE, got \"DEU\"")]
    [InlineData("- { network: §10.1.0.0/8, version: canary }", ".network: expected a network such as 10.0.0.0/8 or \"2001:db8::/32\" with no bits set behind its prefix, or an IP address, got \"10.1.0.0/8\"")]
    [InlineData("- { network: [10.0.0.0/8, §10.0.0.0/33], version: canary }", ".network[1]: expected a network such as 10.0.0.0/8 or \"2001:db8::/32\" with no bits set behind its prefix, or an IP address, got \"10.0.0.0/33\"")]
    [InlineData("- §canary", ": expected a mapping of keys to values, got \"canary\"")]
    public void A_wrong_rule_says_what_is_wrong_and_where(string rule, string error) =>
        Sample.AssertOnlyError($"{Sample.WithKeys($"rules:\n  {rule}")}geoip: {{ database: c.mmdb }}\n", $"services.s.rules[0]{error}");

    [Fact]
    public void Rules_are_a_list() =>
        Sample.AssertOnlyError(Sample.WithKeys("rules: §{ version: canary }"), "services.s.rules: expected a list of rules, got a mapping");

    [Fact]
    public void A_country_needs_a_database() =>
        Sample.AssertOnlyError(
            Sample.WithKeys("rules:\n  - { country: §DE, version: canary }"),
            "services.s.rules[0].country: needs \"geoip.database\" at the top of the file: without it no client has a country");

    [Fact]
    public void The_order_of_keys_in_the_file_does_not_matter() =>
        Assert.Single(Sample.Clean($"services:\n  s:\n    rules: [{{ version: v }}]\n    versions: {{ v: {{ endpoints: [\"127.0.0.1:1\"] }} }}\n{Sample.Listeners}").Services[0].Rules);

    [Theory]
    [InlineData("{ version: stable }", "{ version: canary }")]
    [InlineData("{ version: stable }", "{ header: { X: a }, version: canary }")]
    [InlineData("{ header: { X: a }, version: stable }", "{ header: { x: a }, path: /b, version: canary }")]
    [InlineData("{ header: { X: { present: true } }, version: stable }", "{ header: { X: a }, version: canary }")]
    [InlineData("{ header: { X: { present: true } }, version: stable }", "{ header: { X: { prefix: a } }, version: canary }")]
    [InlineData("{ header: { X: { prefix: a } }, version: stable }", "{ header: { X: { prefix: ab } }, version: canary }")]
    [InlineData("{ header: { X: { prefix: a } }, version: stable }", "{ header: { X: { in: [ab, ac] } }, version: canary }")]
    [InlineData("{ cookie: { X: { in: [a, b] } }, version: stable }", "{ cookie: { X: b }, version: canary }")]
    [InlineData("{ cookie: { X: { in: [a, b] } }, version: stable }", "{ cookie: { X: { in: [b, a] } }, version: canary }")]
    [InlineData("{ query: { X: a }, version: stable }", "{ query: { X: { in: [a] } }, version: canary }")]
    [InlineData("{ method: [GET, HEAD], version: stable }", "{ method: HEAD, version: canary }")]
    [InlineData("{ host: '*.example', version: stable }", "{ host: A.example, version: canary }")]
    [InlineData("{ path: /api/, version: stable }", "{ path: /api/v2, version: canary }")]
    [InlineData("{ country: [DE, FR], version: stable }", "{ country: fr, version: canary }")]
    [InlineData("{ network: [10.0.0.0/8, '2001:db8::/32'], version: stable }", "{ network: [10.1.0.0/16, '2001:db8:1::1'], version: canary }")]
    public void A_rule_behind_one_that_takes_all_of_its_requests_is_warned_of(string first, string second) =>
        Sample.AssertOnlyWarning(
            $"geoip: {{ database: c.mmdb }}\n{Sample.WithKeys($"rules:\n  - {first}\n  - §{second}")}",
            "services.s.rules[1]: this rule is never reached: the one at line 11 takes every request that it would");

    [Theory]
    [InlineData("{ header: { X: a }, version: stable }", "{ version: canary }")]
    [InlineData("{ header: { X: a }, version: stable }", "{ header: { X: b }, version: canary }")]
    [InlineData("{ header: { X: a }, version: stable }", "{ header: { Y: a }, version: canary }")]
    [InlineData("{ header: { X: a }, version: stable }", "{ cookie: { X: a }, version: canary }")]
    [InlineData("{ cookie: { X: a }, version: stable }", "{ cookie: { x: a }, version: canary }")]
    [InlineData("{ header: { X: { in: [a, b] } }, version: stable }", "{ header: { X: { present: true } }, version: canary }")]
    [InlineData("{ header: { X: a }, version: stable }", "{ header: { X: { prefix: a } }, version: canary }")]
    [InlineData("{ header: { X: { prefix: ab } }, version: stable }", "{ header: { X: { prefix: a } }, version: canary }")]
    [InlineData("{ header: { X: { in: [a] } }, version: stable }", "{ header: { X: { in: [a, b] } }, version: canary }")]
    [InlineData("{ method: GET, version: stable }", "{ method: [GET, HEAD], version: canary }")]
    [InlineData("{ method: GET, version: stable }", "{ path: /, version: canary }")]
    [InlineData("{ country: DE, version: stable }", "{ country: FR, version: canary }")]
    [InlineData("{ network: 10.1.0.0/16, version: stable }", "{ network: 10.0.0.0/8, version: canary }")]
    [InlineData("{ network: 10.0.0.0/8, version: stable }", "{ network: [10.0.0.0/8, 11.0.0.0/8], version: canary }")]
    [InlineData("{ network: '::/0', version: stable }", "{ network: 10.0.0.0/8, version: canary }")]
    [InlineData("{ path: /a, header: { X: a }, version: stable }", "{ path: /a, version: canary }")]
    public void A_rule_that_some_request_reaches_is_not(string first, string second) =>
        Assert.Equal(2, Sample.Clean($"geoip: {{ database: c.mmdb }}\n{Sample.WithKeys($"rules:\n  - {first}\n  - {second}")}").Services[0].Rules.Count);

    [Fact]
    public void A_rule_in_error_is_not_judged_further() =>
        Assert.Empty(Sample.Parse(Sample.WithKeys("rules:\n  - { path: api, version: canary }\n  - { path: /a, version: canary }")).Warnings);

    [Theory]
    [InlineData("§{ header: { X: a }, path: /a, version: v }", "header, path")]
    [InlineData("§{ cookie: { X: a }, query: { X: a }, version: v }", "cookie, query")]
    [InlineData("§{ method: GET, host: h, network: 10.0.0.0/8, version: v }", "method, host")]
    public void A_rule_on_requests_is_warned_of_where_only_tcp_listeners_use_the_service(string rule, string keys) =>
        Sample.AssertOnlyWarning(
            Tcp($"rules:\n      - {rule}"), $"services.s.rules[0]: this rule never matches, because of {keys}: only tcp listeners use the service, and they see no requests");

    [Fact]
    public void A_rule_on_connections_is_not() => Assert.Single(Sample.Clean(Tcp("rules: [{ network: 10.0.0.0/8, version: v }]")).Services[0].Rules);

    [Fact]
    public void A_key_in_requests_is_warned_of_where_only_tcp_listeners_use_the_service() =>
        Sample.AssertOnlyWarning(
            Tcp("affinity: { key: §header X }"), "services.s.affinity.key: finds no key: only tcp listeners use the service, and they see no requests; client-ip would");

    [Fact]
    public void A_file_of_values_is_read_beside_the_configuration()
    {
        string folder = Directory.CreateTempSubdirectory("fastcanary-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "vip.txt"), "\uFEFF# a comment\r\nu 1\r\n\r\n  u2\t\n#u3\n x#y \nü");
            File.WriteAllText(Path.Combine(folder, "f.yaml"), Sample.WithKeys("rules: [{ cookie: { u: { inFile: vip.txt } }, version: canary }]"));
            ConfigResult result = ConfigLoader.Load(Path.Combine(folder, "f.yaml"), Sample.NoEnvironment);
            Assert.Equal("", string.Join('\n', result.Errors));
            NamedConditionConfig condition = result.Config!.Services[0].Rules[0].Cookies[0];
            Assert.Equal(ConditionKind.OneOf, condition.Kind);
            Assert.Equal(["u 1", "u2", "x#y", "ü"], condition.Values);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_file_without_values_is_warned_of()
    {
        string path = Path.GetTempFileName();
        try
        {
            Sample.AssertOnlyWarning(
                Sample.WithKeys($"rules:\n  - {{ cookie: {{ u: {{ inFile: §{path} }} }}, version: canary }}"),
                $"services.s.rules[0].cookie.u.inFile: \"{path}\" holds no value, so this rule never matches");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("not UTF-8 text; save it as UTF-8")]
    [InlineData("expected at most 1000000 values, got 1000001")]
    [InlineData("larger than 64MiB, which is the most that is read")]
    public void A_file_that_cannot_be_a_list_of_values_is_refused(string error)
    {
        string path = Path.GetTempFileName();
        try
        {
            if (error.StartsWith("not", StringComparison.Ordinal))
                File.WriteAllBytes(path, [0x61, 0xFF]);
            else if (error.StartsWith("expected", StringComparison.Ordinal))
                File.WriteAllText(path, string.Concat(Enumerable.Repeat("a\n", NamedConditionSection.FileValuesMax + 1)));
            else
                File.WriteAllBytes(path, new byte[NamedConditionSection.FileBytesMax + 1]);
            Sample.AssertOnlyError(
                Sample.WithKeys($"rules:\n  - {{ cookie: {{ u: {{ inFile: §{path} }} }}, version: canary }}"), $"services.s.rules[0].cookie.u.inFile: \"{path}\": {error}");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_countries_are_those_of_the_standard_and_Kosovo()
    {
        Assert.Equal(250, CountryCodes.Count);
        Assert.All(["AD", "gb", "US", "XK", "ZW"], code => Assert.True(CountryCodes.Contains(code)));
        Assert.All(["UK", "EU", "XX", "D", ""], code => Assert.False(CountryCodes.Contains(code)));
    }

    private static IReadOnlyList<RuleConfig> Rules(string rules, string top = "") => Sample.Clean($"{top}{Sample.WithKeys($"rules:\n{rules}")}").Services[0].Rules;

    private static string Tcp(string keys) => $"""
        listeners:
          - address: 0.0.0.0:8080
            protocol: tcp
            service: s
        services:
          s:
            {keys}
            versions: {"{"} v: {"{"} endpoints: ["127.0.0.1:1"] {"}"} {"}"}

        """;
}
