using System.Collections.Immutable;
using System.Net;
using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

public class RuleTableTests
{
    private static readonly Rule Any = new() { VersionIndex = 0 };

    [Theory]
    [InlineData("X-A", ConditionKind.Present, "", "X-A: 1", true)]
    [InlineData("X-A", ConditionKind.Present, "", "X-A:", true)]
    [InlineData("X-A", ConditionKind.Present, "", "X-AB: 1", false)]
    [InlineData("x-a", ConditionKind.Exact, "one", "X-A: one", true)]
    [InlineData("X-A", ConditionKind.Exact, "one", "x-a:one", true)]
    [InlineData("X-A", ConditionKind.Exact, "one", "X-A: \t one \t", true)]
    [InlineData("X-A", ConditionKind.Exact, "one", "X-A: One", false)]
    [InlineData("X-A", ConditionKind.Exact, "one", "X-A: one, two", false)]
    [InlineData("X-A", ConditionKind.Exact, "one", "X-A: on", false)]
    [InlineData("X-A", ConditionKind.Exact, "one", "X-A: ones", false)]
    [InlineData("X-A", ConditionKind.Exact, "", "X-A:", true)]
    [InlineData("X-A", ConditionKind.Exact, "", "X-B:", false)]
    [InlineData("X-A", ConditionKind.Exact, "é", "X-A: é", true)]
    [InlineData("X-A", ConditionKind.Exact, "a%20b", "X-A: a%20b", true)]
    [InlineData("X-A", ConditionKind.Exact, "a b", "X-A: a%20b", false)]
    [InlineData("X-A", ConditionKind.Prefix, "one", "X-A: one", true)]
    [InlineData("X-A", ConditionKind.Prefix, "one", "X-A: ones", true)]
    [InlineData("X-A", ConditionKind.Prefix, "one", "X-A: on", false)]
    [InlineData("X-A", ConditionKind.Prefix, "one", "X-A: aone", false)]
    [InlineData("X-A", ConditionKind.Prefix, "one", "X-A: ONE", false)]
    [InlineData("X-A", ConditionKind.OneOf, "one|two|three", "X-A: two", true)]
    [InlineData("X-A", ConditionKind.OneOf, "one|two|three", "X-A: tw", false)]
    [InlineData("X-A", ConditionKind.OneOf, "one|two|three", "X-A: twos", false)]
    [InlineData("X-A", ConditionKind.OneOf, "one|two|three", "X-A: TWO", false)]
    [InlineData("X-A", ConditionKind.OneOf, "one|two|three", "X-A:", false)]
    [InlineData("X-A", ConditionKind.OneOf, "one|", "X-A:", true)]
    [InlineData("X-A", ConditionKind.OneOf, "one|one", "X-A: one", true)]
    [InlineData("X-A", ConditionKind.Exact, "two", "X-A: one\r\nX-B: 1\r\nx-a: two", true)]
    [InlineData("X-A", ConditionKind.Prefix, "t", "X-A: one\r\nx-a: two", true)]
    [InlineData("X-A", ConditionKind.OneOf, "two|three", "X-A: one\r\nx-a: two", true)]
    [InlineData("X-A", ConditionKind.Exact, "one, two", "X-A: one\r\nx-a: two", false)]
    public void A_header_is_compared_byte_for_byte(string name, ConditionKind kind, string values, string field, bool matches) =>
        Matches(matches, new Rule { VersionIndex = 0, Headers = [Condition(name, kind, values)] }, SampleRequest.With(field));

    [Theory]
    [InlineData("a", ConditionKind.Present, "", "Cookie: b=1; a=", true)]
    [InlineData("a", ConditionKind.Present, "", "Cookie: a", false)]
    [InlineData("a", ConditionKind.Present, "", "Cookie: A=1", false)]
    [InlineData("a", ConditionKind.Present, "", "a: 1", false)]
    [InlineData("a", ConditionKind.Exact, "1", "Cookie: b=2; a=1", true)]
    [InlineData("a", ConditionKind.Exact, "1", "Cookie: a=\"1\"", false)]
    [InlineData("a", ConditionKind.Exact, "\"1\"", "Cookie: a=\"1\"", true)]
    [InlineData("a", ConditionKind.Exact, "1", "Cookie: a=2; a=1", true)]
    [InlineData("a", ConditionKind.Exact, "1", "Cookie: a=2\r\nCookie: a=1", true)]
    [InlineData("a", ConditionKind.Exact, "1", "Cookie: a=%31", false)]
    [InlineData("a", ConditionKind.Prefix, "vip-", "Cookie: a=vip-7", true)]
    [InlineData("a", ConditionKind.Prefix, "vip-", "Cookie: a=vip", false)]
    [InlineData("a", ConditionKind.OneOf, "x|y", "Cookie: a=z; a=y", true)]
    [InlineData("a", ConditionKind.OneOf, "x|y", "Cookie: a=z; b=y", false)]
    public void A_cookie_is_compared_byte_for_byte(string name, ConditionKind kind, string values, string field, bool matches) =>
        Matches(matches, new Rule { VersionIndex = 0, Cookies = [Condition(name, kind, values)] }, SampleRequest.With(field));

    [Theory]
    [InlineData("a", ConditionKind.Present, "", "/?a", true)]
    [InlineData("a", ConditionKind.Present, "", "/?b=a", false)]
    [InlineData("a", ConditionKind.Present, "", "/a=1", false)]
    [InlineData("a", ConditionKind.Present, "", "/?%61=1", true)]
    [InlineData("a", ConditionKind.Present, "", "/?A=1", false)]
    [InlineData("a", ConditionKind.Exact, "", "/?a", true)]
    [InlineData("a", ConditionKind.Exact, "x y", "/?a=x+y", true)]
    [InlineData("a", ConditionKind.Exact, "x y", "/?a=x%20y", true)]
    [InlineData("a", ConditionKind.Exact, "x+y", "/?a=x+y", false)]
    [InlineData("a", ConditionKind.Exact, "x+y", "/?a=x%2by", true)]
    [InlineData("a", ConditionKind.Exact, "%", "/?a=%25", true)]
    [InlineData("a", ConditionKind.Exact, "%zz", "/?a=%zz", true)]
    [InlineData("a", ConditionKind.Exact, "1&b=2", "/?a=1%26b=2", true)]
    [InlineData("a", ConditionKind.Exact, "é", "/?a=%C3%A9", true)]
    [InlineData("a", ConditionKind.Exact, "1", "/?a=2&a=%31", true)]
    [InlineData("a", ConditionKind.Exact, "1", "/?a=%2531", false)]
    [InlineData("a", ConditionKind.Prefix, "x y", "/?a=x+y+z", true)]
    [InlineData("a", ConditionKind.Prefix, "x y", "/?a=x+", false)]
    [InlineData("a", ConditionKind.OneOf, "x y|z", "/?a=x%20y", true)]
    [InlineData("a", ConditionKind.OneOf, "x y|z", "/?a=%7a", true)]
    [InlineData("a", ConditionKind.OneOf, "x y|z", "/?a=x%20yz", false)]
    [InlineData("a", ConditionKind.OneOf, "x y|z", "/?a=%78%20%79%7A%7A%7A%7A", false)]
    [InlineData("a", ConditionKind.OneOf, "%7a|x", "/?a=z", false)]
    [InlineData("a", ConditionKind.OneOf, "%7a|x", "/?a=%257a", true)]
    [InlineData("a", ConditionKind.Exact, "1", "http://t.test?a=1", true)]
    public void A_parameter_is_compared_decoded(string name, ConditionKind kind, string values, string target, bool matches) =>
        Matches(matches, new Rule { VersionIndex = 0, Query = [Condition(name, kind, values)] }, SampleRequest.For(target));

    [Theory]
    [InlineData("GET", "GET", true)]
    [InlineData("POST|GET", "GET", true)]
    [InlineData("POST", "GET", false)]
    [InlineData("GET", "get", false)]
    [InlineData("GET", "GETS", false)]
    [InlineData("PURGE", "PURGE", true)]
    public void A_method_is_one_of_those_listed_in_their_case(string methods, string method, bool matches) =>
        Matches(matches, new Rule { VersionIndex = 0, Methods = [.. methods.Split('|')] }, new SampleRequest($"{method} / HTTP/1.1", ["Host: t.test"]));

    [Theory]
    [InlineData("shop.example", "Shop.Example.:8080", true)]
    [InlineData("Shop.Example", "shop.example", true)]
    [InlineData("shop.example", "a.shop.example", false)]
    [InlineData("*.example", "a.shop.EXAMPLE:80", true)]
    [InlineData("*.example", "example", false)]
    [InlineData("[2001:db8::1]", "[2001:DB8::1]:8080", true)]
    public void A_host_is_compared_as_in_routes(string host, string authority, bool matches)
    {
        var rule = new Rule { VersionIndex = 0, Host = host };
        Matches(matches, rule, new SampleRequest("GET / HTTP/1.1", ["Host: " + authority]));
        Matches(matches, rule, new SampleRequest($"GET http://{authority}/ HTTP/1.1", ["Host: t.test"]));
        Matches(false, rule, new SampleRequest("GET / HTTP/1.0", []));
    }

    [Theory]
    [InlineData("/api", "/api", true)]
    [InlineData("/api", "/api/x", true)]
    [InlineData("/api", "/api?x", true)]
    [InlineData("/api/", "/api", true)]
    [InlineData("/api", "/apix", false)]
    [InlineData("/api", "/%61pi", false)]
    [InlineData("/api", "/x?/api", false)]
    [InlineData("/", "/x", true)]
    [InlineData("/api", "http://t.test/api/x", true)]
    public void A_path_is_a_prefix_on_a_segment_boundary_as_in_routes(string path, string target, bool matches) =>
        Matches(matches, new Rule { VersionIndex = 0, Path = path }, SampleRequest.For(target));

    [Theory]
    [InlineData("DE|AT", "192.0.2.1", true)]
    [InlineData("AT", "192.0.2.1", false)]
    [InlineData("us", "2001:db8::1", true)]
    [InlineData("DE|AT", "192.0.2.9", false)]
    public void A_country_is_the_clients(string countries, string address, bool matches)
    {
        var database = new SampleCountries(("192.0.2.1", "DE"), ("2001:db8::1", "US"));
        var rule = new Rule { VersionIndex = 0, Countries = [.. countries.Split('|').Select(SampleCountries.Code)] };
        Matches(matches, rule, Request(address, database));
        Matches(false, rule, Request(address, null));
        Assert.Equal(matches ? 0 : -1, RuleTable.Compile([rule]).MatchConnection(IPAddress.Parse(address).GetAddressBytes(), database));
        Assert.Equal(-1, RuleTable.Compile([rule]).MatchConnection(IPAddress.Parse(address).GetAddressBytes(), null));
    }

    [Fact]
    public void No_country_is_in_no_list()
    {
        var database = new SampleCountries();
        Matches(false, new Rule { VersionIndex = 0, Countries = [default(CountryCode)] }, Request("192.0.2.1", database));
    }

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.1", true)]
    [InlineData("192.0.2.0/24", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.0/24", "192.0.3.1", false)]
    [InlineData("2001:db8::/32", "2001:db8::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    public void A_network_holds_the_client(string network, string address, bool matches)
    {
        var rule = new Rule { VersionIndex = 0, Networks = NetworkSet.Compile([IPNetwork.Parse(network)]) };
        Matches(matches, rule, Request(address, null));
        Assert.Equal(matches ? 0 : -1, RuleTable.Compile([rule]).MatchConnection(IPAddress.Parse(address).GetAddressBytes(), null));
    }

    [Fact]
    public void An_empty_set_of_networks_holds_nobody() =>
        Matches(false, new Rule { VersionIndex = 0, Networks = NetworkSet.Empty }, Request("192.0.2.1", null));

    [Fact]
    public void A_rule_without_conditions_takes_everything_and_a_table_without_rules_nothing()
    {
        Matches(true, Any, SampleRequest.With());
        Assert.Equal(0, RuleTable.Compile([Any]).MatchConnection([], null));
        Assert.Equal(-1, RuleTable.Empty.Match(SampleRequest.With().View));
        Assert.Equal(-1, RuleTable.Compile([]).Match(SampleRequest.With().View));
        Assert.Equal(-1, RuleTable.Empty.MatchConnection([], null));
    }

    [Fact]
    public void All_conditions_of_a_rule_are_required()
    {
        var rule = new Rule
        {
            VersionIndex = 0,
            Headers = [Condition("X-A", ConditionKind.Exact, "1"), Condition("X-B", ConditionKind.Prefix, "b"), Condition("X-A", ConditionKind.Exact, "2")],
            Cookies = [Condition("c", ConditionKind.Present, ""), Condition("d", ConditionKind.OneOf, "x|y")],
            Query = [Condition("q", ConditionKind.Exact, "v w")],
            Methods = ["GET", "HEAD"],
            Host = "*.test",
            Path = "/p",
            Countries = [SampleCountries.Code("DE")],
            Networks = NetworkSet.Compile([IPNetwork.Parse("192.0.2.0/24")]),
        };
        var countries = new SampleCountries(("192.0.2.1", "DE"), ("198.51.100.1", "DE"));
        string[] all = ["HEAD /p/x?q=v+w HTTP/1.1", "Host: a.test", "X-A: 1", "X-A: 2", "X-B: bb", "Cookie: c=", "Cookie: d=y", "192.0.2.1"];
        string[] others = ["HEAD /px?q=v+w HTTP/1.1", "Host: a.tests", "X-A: 3", "X-A: 3", "X-B: cb", "Cookie: c", "Cookie: d=z", "192.0.2.2"];
        Assert.Equal(0, Place(all));
        for (int i = 0; i < all.Length; i++)
            Assert.Equal(-1, Place([.. all[..i], others[i], .. all[(i + 1)..]]));
        Assert.Equal(-1, Place(["POST /p/x?q=v+w HTTP/1.1", .. all[1..]]));
        Assert.Equal(-1, Place(["HEAD /p/x?q=v HTTP/1.1", .. all[1..]]));
        Assert.Equal(-1, Place([.. all[..^1], "198.51.100.1"]));

        int Place(string[] text) => RuleTable.Compile([rule]).Match(new SampleRequest(text[0], text[1..^1], text[^1], countries).View);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(RuleTable.RulesMax - 2)]
    public void The_first_rule_that_matches_wins(int others)
    {
        Rule[] fillers = [.. Enumerable.Range(0, others).Select(i => Header("X-A", $"filler-{i}", 7))];
        RuleTable table = RuleTable.Compile([.. fillers, Header("X-A", "1", 3), Header("X-A", "1", 4)]);
        Assert.Equal(others, table.Match(SampleRequest.With("X-A: 1").View));
        Assert.Equal(3, table.VersionOf(others));
        Assert.Equal(0, table.Match(SampleRequest.With("X-A: filler-0").View));
        Assert.Equal(others - 1, table.Match(SampleRequest.With($"X-A: filler-{others - 1}").View));
        Assert.Equal(-1, table.Match(SampleRequest.With("X-A: 2").View));
        Assert.Equal(-1, table.Match(SampleRequest.With().View));

        RuleTable before = RuleTable.Compile([Header("X-B", "1", 1), Header("X-A", "1", 2), .. fillers]);
        Assert.Equal(0, before.Match(SampleRequest.With("X-A: filler-0", "X-B: 1").View));
        Assert.Equal(1, before.Match(SampleRequest.With("X-A: 1", "X-A: filler-0").View));
        RuleTable behind = RuleTable.Compile([.. fillers, Any]);
        Assert.Equal(others, behind.Match(SampleRequest.With("X-A: 1").View));
        Assert.Equal(others - 1, behind.Match(SampleRequest.With($"X-A: filler-{others - 1}").View));
    }

    [Theory]
    [InlineData("header")]
    [InlineData("cookie")]
    [InlineData("query")]
    [InlineData("host")]
    public void A_long_table_finds_its_rules_by_any_of_their_values(string by)
    {
        RuleTable table = RuleTable.Compile([.. Enumerable.Range(0, 1000).Select(i => By($"V{i} +%"))]);
        for (int i = 0; i < 1000; i += 37)
        {
            Assert.Equal(i, table.Match(Sent($"V{i} +%").View));
            Assert.Equal(-1, table.Match(Sent($"V{i} +%x").View));
        }
        Assert.Equal(-1, table.Match(Sent("V1000 +%").View));
        Assert.Equal(-1, table.Match(Sent(new string('v', 250)).View));

        Rule By(string value) => by switch
        {
            "header" => Header("X-A", value, 0),
            "cookie" => new Rule { VersionIndex = 0, Cookies = [Condition("a", ConditionKind.OneOf, value)] },
            "query" => new Rule { VersionIndex = 0, Query = [Condition("a", ConditionKind.Exact, value)] },
            _ => new Rule { VersionIndex = 0, Host = Name(value) },
        };

        SampleRequest Sent(string value) => by switch
        {
            "header" => SampleRequest.With("X-A: other", "x-a: " + value),
            "cookie" => SampleRequest.With("Cookie: a=1; a=" + value),
            "query" => SampleRequest.For("/?a=" + value.Replace("%", "%25").Replace("+", "%2B").Replace(' ', '+')),
            _ => new SampleRequest("GET / HTTP/1.1", ["Host: " + Name(value).ToLowerInvariant() + ".:80"]),
        };

        static string Name(string value) => value.Replace(" +%", ".Example");
    }

    [Fact]
    public void A_rule_is_found_by_any_value_of_its_list()
    {
        Rule[] rules = [.. Enumerable.Range(0, 20).Select(i => new Rule { VersionIndex = 0, Headers = [Condition("X-A", ConditionKind.OneOf, $"a{i}|b{i}|shared|a{i}")] })];
        RuleTable table = RuleTable.Compile(rules);
        Assert.Equal(7, table.Match(SampleRequest.With("X-A: b7").View));
        Assert.Equal(19, table.Match(SampleRequest.With("X-A: a19").View));
        Assert.Equal(0, table.Match(SampleRequest.With("X-A: shared").View));
        Assert.Equal(3, table.Match(SampleRequest.With("X-A: a12", "X-A: b3").View));
        Assert.Equal(-1, table.Match(SampleRequest.With("X-A: a").View));
    }

    [Fact]
    public void More_names_than_a_match_keeps_are_all_looked_at()
    {
        // 60 names of many prefix rules each, and one that is little used, but that rules are found by.
        var rules = new List<Rule>();
        for (int i = 0; i < 3000; i++)
            rules.Add(new Rule { VersionIndex = 0, Headers = [Condition($"X-{i % 60}", ConditionKind.Prefix, $"p{i / 60}-")] });
        for (int i = 0; i < 10; i++)
            rules.Add(Header("X-Exact", $"e{i}", 0));
        RuleTable table = RuleTable.Compile([.. rules]);
        foreach (int i in new[] { 0, 59, 60, 1234, 2999 })
            Assert.Equal(i, table.Match(SampleRequest.With("X-Exact: e9", $"X-{i % 60}: p{i / 60}-z").View));
        Assert.Equal(3009, table.Match(SampleRequest.With("X-Exact: e9", "X-1: p").View));
        Assert.Equal(-1, table.Match(SampleRequest.With("X-Exact: e", "X-1: p").View));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    public void Of_a_name_so_many_values_count_and_no_more(int rules)
    {
        RuleTable table = RuleTable.Compile([.. Enumerable.Range(0, rules).Select(i => Header("X-A", $"v{i}", 0))]);
        string[] others = [.. Enumerable.Repeat("X-A: w", RuleTable.ValuesMax - 1)];
        Assert.Equal(rules - 1, table.Match(SampleRequest.With([.. others, $"X-A: v{rules - 1}"]).View));
        Assert.Equal(-1, table.Match(SampleRequest.With([.. others, "X-A: w", "X-A: v0"]).View));

        RuleTable cookies = RuleTable.Compile([.. Enumerable.Range(0, rules).Select(i => new Rule { VersionIndex = 0, Cookies = [Condition("a", ConditionKind.Exact, $"v{i}")] })]);
        string many = string.Concat(Enumerable.Repeat("a=w; ", RuleTable.ValuesMax - 1));
        Assert.Equal(0, cookies.Match(SampleRequest.With($"Cookie: {many}a=v0").View));
        Assert.Equal(-1, cookies.Match(SampleRequest.With($"Cookie: {many}a=w; a=v0").View));

        RuleTable query = RuleTable.Compile([.. Enumerable.Range(0, rules).Select(i => new Rule { VersionIndex = 0, Query = [Condition("a", ConditionKind.Exact, $"v{i}")] })]);
        many = string.Concat(Enumerable.Repeat("a=w&", RuleTable.ValuesMax - 1));
        Assert.Equal(0, query.Match(SampleRequest.For($"/?{many}a=v0").View));
        Assert.Equal(-1, query.Match(SampleRequest.For($"/?{many}a=w&a=v0").View));
    }

    [Fact]
    public void A_list_of_a_million_values_knows_each_of_them()
    {
        string[] values = [.. Enumerable.Range(0, 1_000_000).Select(i => $"user-{i * 7919L}")];
        RuleTable table = RuleTable.Compile([new Rule { VersionIndex = 0, Cookies = [new NamedCondition("id", ConditionKind.OneOf, values)] }]);
        for (int i = 0; i < values.Length; i += 9973)
            Assert.Equal(0, table.Match(SampleRequest.With("Cookie: id=" + values[i]).View));

        // So many that some have the 32-bit hash of a value that is there.
        for (int i = 0; i < values.Length; i += 10)
            Assert.Equal(-1, table.Match(SampleRequest.With($"Cookie: id=user-{i * 7919L + 1}").View));
        Assert.Equal(0, table.Match(SampleRequest.With("Cookie: id=" + values[^1]).View));
    }

    [Fact]
    public void Values_of_every_length_are_told_apart()
    {
        // Each length has its own way through the hash; each value differs from its neighbours in one byte.
        string[] values = [.. Enumerable.Range(0, 40).SelectMany(length => Enumerable.Range(0, length).Select(at => new string('a', at) + "b" + new string('a', length - at - 1)))];
        RuleTable table = RuleTable.Compile([new Rule { VersionIndex = 0, Headers = [new NamedCondition("X-A", ConditionKind.OneOf, values)] }]);
        Assert.All(values, value => Assert.Equal(0, table.Match(SampleRequest.With("X-A: " + value).View)));
        Assert.All(values, value => Assert.Equal(-1, table.Match(SampleRequest.With("X-A: " + value.Replace('b', 'c')).View)));
        Assert.All(values, value => Assert.Equal(-1, table.Match(SampleRequest.With("X-A: " + value.Replace('b', 'a')).View)));
    }

    [Fact]
    public void A_parameter_longer_than_any_listed_value_matches_none_of_them()
    {
        string longest = new('v', 5000);
        RuleTable table = RuleTable.Compile([new Rule { VersionIndex = 0, Query = [Condition("a", ConditionKind.OneOf, "v|" + longest)] }]);
        Assert.Equal(0, table.Match(SampleRequest.For("/?a=%76" + longest[1..]).View));
        Assert.Equal(-1, table.Match(SampleRequest.For("/?a=%76" + longest).View));
        Assert.Equal(-1, table.Match(SampleRequest.For("/?a=%76" + string.Concat(Enumerable.Repeat("%76", 60_000))).View));
    }

    [Fact]
    public void A_connection_matches_only_rules_that_look_at_the_address_or_at_nothing()
    {
        NetworkSet all = NetworkSet.Compile([IPNetwork.Parse("0.0.0.0/0")]);
        Rule[] rules =
        [
            Header("X-A", "1", 0) with { Networks = all },
            new Rule { VersionIndex = 0, Cookies = [Condition("a", ConditionKind.Present, "")] },
            new Rule { VersionIndex = 0, Query = [Condition("a", ConditionKind.Present, "")] },
            new Rule { VersionIndex = 0, Methods = ["GET"], Networks = all },
            new Rule { VersionIndex = 0, Host = "t.test", Networks = all },
            new Rule { VersionIndex = 0, Path = "/x", Networks = all },
        ];
        Assert.All(rules, rule => Assert.Equal(-1, RuleTable.Compile([rule]).MatchConnection([192, 0, 2, 1], null)));
        var countries = new SampleCountries(("192.0.2.1", "DE"));
        Rule country = new() { VersionIndex = 0, Countries = [SampleCountries.Code("DE")] };
        RuleTable table = RuleTable.Compile([.. rules, country with { Networks = NetworkSet.Empty }, country, new Rule { VersionIndex = 2, Networks = all }]);
        Assert.Equal(rules.Length + 1, table.MatchConnection([192, 0, 2, 1], countries));
        Assert.Equal(rules.Length + 2, table.MatchConnection([192, 0, 2, 2], countries));
        Assert.Equal(2, table.VersionOf(rules.Length + 2));
        Assert.Equal(-1, table.MatchConnection(IPAddress.Parse("2001:db8::1").GetAddressBytes(), countries));
    }

    [Fact]
    public void The_country_is_looked_up_once_and_only_when_a_rule_asks_for_it()
    {
        Rule country = new() { VersionIndex = 0, Countries = [SampleCountries.Code("DE")] };
        RuleTable table = RuleTable.Compile([Header("X-A", "1", 0), Header("X-B", "1", 0) with { Countries = country.Countries }, country, country, country]);
        Assert.Equal((0, 0), Run(["X-A: 1", "X-B: 1"], "192.0.2.1"));
        Assert.Equal((1, 1), Run(["X-B: 1"], "192.0.2.1"));
        Assert.Equal((-1, 1), Run(["X-B: 1"], "192.0.2.2"));
        var asked = new SampleCountries();
        Assert.Equal(-1, table.MatchConnection([192, 0, 2, 2], asked));
        Assert.Equal(1, asked.LookUps);

        (int Place, int LookUps) Run(string[] fields, string address)
        {
            var countries = new SampleCountries(("192.0.2.1", "DE"));
            int place = table.Match(new SampleRequest("GET / HTTP/1.1", ["Host: t.test", .. fields], address, countries).View);
            return (place, countries.LookUps);
        }
    }

    [Fact]
    public void A_table_says_whether_it_needs_the_clients_address()
    {
        Assert.False(RuleTable.Empty.NeedsClientAddress);
        Assert.False(RuleTable.Compile([Any, Header("X-A", "1", 0)]).NeedsClientAddress);
        Assert.True(RuleTable.Compile([Any, new Rule { VersionIndex = 0, Networks = NetworkSet.Empty }]).NeedsClientAddress);
        Assert.True(RuleTable.Compile([Any, new Rule { VersionIndex = 0, Countries = [SampleCountries.Code("DE")] }, Any]).NeedsClientAddress);
    }

    [Fact]
    public void What_cannot_be_compiled_is_refused()
    {
        Assert.StartsWith("4097 rules; at most 4096", Assert.Throws<ArgumentException>(() => RuleTable.Compile([.. Enumerable.Repeat(Any, 4097)])).Message);
        foreach (ConditionKind kind in new[] { ConditionKind.Exact, ConditionKind.Prefix })
        {
            var rule = new Rule { VersionIndex = 0, Headers = [new NamedCondition("X-A", kind, [])] };
            Assert.StartsWith("0 values of 'X-A'; expected one", Assert.Throws<ArgumentException>(() => RuleTable.Compile([rule])).Message);
        }
        Matches(false, new Rule { VersionIndex = 0, Headers = [new NamedCondition("X-A", ConditionKind.OneOf, [])] }, SampleRequest.With("X-A:"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(300)]
    public void A_match_allocates_nothing(int copies)
    {
        NetworkSet networks = NetworkSet.Compile([IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse("2001:db8::/32")]);
        var rules = new List<Rule>();
        for (int i = 0; i < copies; i++)
        {
            rules.Add(Header("X-A", $"v{i}", 0));
            rules.Add(new Rule { VersionIndex = 0, Cookies = [Condition("c", ConditionKind.Prefix, $"p{i}"), Condition("c", ConditionKind.Present, "")] });
            rules.Add(new Rule { VersionIndex = 0, Query = [Condition("q", ConditionKind.OneOf, $"x {i}|y"), Condition("r", ConditionKind.Exact, "1")] });
            rules.Add(new Rule { VersionIndex = 0, Query = [Condition("q", ConditionKind.Prefix, "x y z"), Condition("r", ConditionKind.Exact, $"{i}")] });
            rules.Add(new Rule { VersionIndex = 0, Host = $"h{i}.example" });
            rules.Add(new Rule { VersionIndex = 0, Host = "*.example", Path = "/p", Methods = ["PUT", "GET"], Countries = [SampleCountries.Code("DE")], Networks = networks });
            rules.Add(new Rule { VersionIndex = 0, Countries = [SampleCountries.Code("AT"), SampleCountries.Code("CH")] });
        }
        RuleTable table = RuleTable.Compile([.. rules]);
        var countries = new SampleCountries(("192.0.2.1", "DE"));
        var missed = new SampleRequest("GET /p/x?q=x%20y+&q=%78&r=%31 HTTP/1.1", ["Host: A.Example:80", "X-A: w", "X-A: w", "Cookie: a=1; c=q", "Cookie: c=z"], "192.0.2.1", countries);
        var taken = new SampleRequest("GET /p/x?q=x%20y+z&r=0 HTTP/1.1", ["Host: A.Example:80"], "192.0.2.1", countries);
        byte[] address = [192, 0, 2, 1];
        Assert.Equal(-1, table.Match(missed.View));
        Assert.Equal(3, table.Match(taken.View));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            table.Match(missed.View);
            table.Match(taken.View);
            table.MatchConnection(address, countries);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static NamedCondition Condition(string name, ConditionKind kind, string values) =>
        new(name, kind, kind == ConditionKind.Present ? [] : kind == ConditionKind.OneOf ? values.Split('|') : [values]);

    private static Rule Header(string name, string value, int version) => new() { VersionIndex = version, Headers = [Condition(name, ConditionKind.Exact, value)] };

    private static SampleRequest Request(string address, CountryDatabase? countries) => new("GET / HTTP/1.1", ["Host: t.test"], address, countries);

    // Alone, twice (values are then kept), and behind many others (an index is then used).
    private static void Matches(bool expected, Rule rule, SampleRequest request)
    {
        Rule[] others = [.. Enumerable.Range(0, 10).Select(i => new Rule { VersionIndex = 0, Headers = [Condition("X-A", ConditionKind.Exact, $"other-{i}")], Cookies = [Condition("a", ConditionKind.Exact, "none")] })];
        Assert.Equal(expected ? 0 : -1, RuleTable.Compile([rule]).Match(request.View));
        Assert.Equal(expected ? 0 : -1, RuleTable.Compile([rule, rule]).Match(request.View));
        Assert.Equal(expected ? 10 : -1, RuleTable.Compile([.. others, rule]).Match(request.View));
        Assert.Equal(expected ? 0 : -1, RuleTable.Compile([.. Enumerable.Repeat(rule, 10), .. others]).Match(request.View));
    }
}
