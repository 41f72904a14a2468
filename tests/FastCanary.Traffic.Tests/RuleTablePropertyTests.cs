using System.Collections.Immutable;
using System.Net;
using System.Text;
using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

/// <summary>A table answers as one does who reads the rules from the top, for rules and requests at random.</summary>
public class RuleTablePropertyTests
{
    private static readonly string[] HeaderNames = ["X-A", "X-B", "x-c", "Accept"];
    private static readonly string[] OtherNames = ["a", "b", "A", "long-name"];
    private static readonly string[] Values = ["", "a", "b", "ab", "abc", "A", "b a", "1", "é", "value-of-16-bytes", "value-of-17-bytes"];
    private static readonly string[] QueryValues = [.. Values, "%", "%6", "+", "%61", "a&b", "a=b", " "];
    private static readonly string[] Methods = ["GET", "get", "POST", "X"];
    private static readonly string[] Hosts = ["a.example", "A.EXAMPLE", "b.example", "x.b.example", "example", "[2001:db8::1]"];
    private static readonly string[] HostPatterns = [.. Hosts, "*.example", "*.b.example"];
    private static readonly string[] Paths = ["/", "/a", "/a/b", "/ab", "/a/", "/b"];
    private static readonly string[] Addresses = ["192.0.2.1", "192.0.2.200", "198.51.100.1", "2001:db8::1", "2001:db8:1::1"];
    private static readonly string[] Networks = ["192.0.2.0/24", "192.0.2.128/25", "2001:db8::/32", "2001:db8::/48", "0.0.0.0/0"];
    private static readonly string[] Countries = ["DE", "AT", "US"];

    [Fact]
    public void A_table_answers_as_one_who_reads_the_rules_from_the_top()
    {
        var random = new Random(1);
        int hits = 0, misses = 0, late = 0;
        for (int set = 0; set < 2000; set++)
        {
            Mix mix = NextMix(random);
            int count = random.Next(4) switch { 0 => random.Next(0, 5), 1 => random.Next(5, 20), 2 => random.Next(20, 60), _ => random.Next(60, 200) };
            Written[] written = [.. Enumerable.Range(0, count).Select(_ => NextRule(random, mix))];
            RuleTable table = RuleTable.Compile([.. written.Select(rule => rule.Rule)]);
            for (int request = 0; request < 4; request++)
            {
                Sent sent = NextRequest(random);
                int expected = Array.FindIndex(written, rule => Holds(rule, sent));
                int actual = table.Match(sent.Request.View);
                Assert.True(expected == actual, $"set {set}, request {request}: expected rule {expected}, got {actual}");
                int connection = Array.FindIndex(written, rule => IsForConnections(rule.Rule) && Holds(rule, sent));
                Assert.Equal(connection, table.MatchConnection(sent.Request.View.ClientAddress, sent.Request.View.Countries));
                if (expected < 0) misses++;
                else hits++;
                if (expected >= 8) late++;
            }
        }

        // The mix must not degenerate: both answers, and answers from deep in a table.
        Assert.InRange(hits, 1500, 6500);
        Assert.InRange(misses, 1500, 6500);
        Assert.InRange(late, 500, 6500);
    }

    // What the rules of one set are made of: in some sets all are alike, so that they are found by an index.
    private static Mix NextMix(Random random) => new(
        Kinds: random.Next(3) switch { 0 => [ConditionKind.Exact], 1 => [ConditionKind.Exact, ConditionKind.OneOf], _ => Enum.GetValues<ConditionKind>() },
        Sources: random.Next(5) switch { 0 => [0], 1 => [1], 2 => [2], 3 => [3], _ => [0, 1, 2, 3, 4, 5, 6, 7] },
        Names: random.Next(1, 5),
        ConditionsMax: random.Next(1, 5));

    private static Written NextRule(Random random, Mix mix)
    {
        var rule = new Rule { VersionIndex = 0 };
        string network = "";
        int conditions = random.Next(40) == 0 ? 0 : random.Next(1, mix.ConditionsMax + 1);
        for (int i = 0; i < conditions; i++)
        {
            switch (i == 0 ? One(random, mix.Sources) : random.Next(8))
            {
                case 0:
                    rule = rule with { Headers = rule.Headers.Add(NextCondition(random, HeaderNames, Values, mix)) };
                    break;
                case 1:
                    rule = rule with { Cookies = rule.Cookies.Add(NextCondition(random, OtherNames, Values, mix)) };
                    break;
                case 2:
                    rule = rule with { Query = rule.Query.Add(NextCondition(random, OtherNames, QueryValues, mix)) };
                    break;
                case 3:
                    rule = rule with { Host = One(random, HostPatterns) };
                    break;
                case 4:
                    rule = rule with { Path = One(random, Paths) };
                    break;
                case 5:
                    rule = rule with { Methods = [.. Some(random, Methods)] };
                    break;
                case 6:
                    rule = rule with { Countries = [.. Some(random, Countries).Select(SampleCountries.Code)] };
                    break;
                default:
                    network = One(random, Networks);
                    rule = rule with { Networks = NetworkSet.Compile([IPNetwork.Parse(network)]) };
                    break;
            }
        }
        return new Written(rule, network);
    }

    private static NamedCondition NextCondition(Random random, string[] names, string[] values, Mix mix)
    {
        string name = names[random.Next(mix.Names)];
        ConditionKind kind = One(random, mix.Kinds);
        // Most values are never sent: else a rule near the top would take everything.
        string[] wanted = kind switch
        {
            ConditionKind.Present => [],
            ConditionKind.OneOf => [.. Some(random, values).Select(value => random.Next(4) > 0 ? value + "-never" : value)],
            _ => [random.Next(8) > 0 ? One(random, values) + "-never" : One(random, values)],
        };
        return new NamedCondition(random.Next(2) == 0 && names == HeaderNames ? name.ToUpperInvariant() : name, kind, wanted);
    }

    private static Sent NextRequest(Random random)
    {
        (string Name, string Value)[] headers = NextPairs(random, HeaderNames, Values);
        (string Name, string Value)[] cookies = NextPairs(random, OtherNames, Values);
        (string Name, string Value)[] query = NextPairs(random, OtherNames, QueryValues);
        string method = One(random, Methods), host = One(random, Hosts), path = One(random, Paths) + One(random, ["", "", "b", "/c"]);
        string address = One(random, Addresses);
        var countries = new SampleCountries((Addresses[0], "DE"), (Addresses[1], "AT"), (Addresses[3], "US"));

        string target = path + (query.Length == 0 ? One(random, ["", "?", "?&"]) : "?" + string.Join(One(random, ["&", "&&"]), query.Select(pair => Encoded(random, pair.Name) + NextEquals(random, pair.Value))));
        var fields = new List<string> { $"Host: {host}{One(random, ["", ":8080"])}" };
        if (host[0] != '[' && random.Next(4) == 0) fields[0] = $"Host: {host}.{One(random, ["", ":8080"])}";
        fields.AddRange(headers.Select(header => $"{(random.Next(2) == 0 ? header.Name : header.Name.ToLowerInvariant())}:{One(random, ["", " ", " \t"])}{header.Value}{One(random, ["", " "])}"));
        int from = 0;
        while (from < cookies.Length)
        {
            int to = random.Next(from + 1, cookies.Length + 1);
            fields.Add("Cookie: " + string.Join(One(random, ["; ", ";", " ; nothing;"]), cookies[from..to].Select(pair => $"{pair.Name}{One(random, ["", " "])}={pair.Value}")));
            from = to;
        }
        var request = new SampleRequest($"{method} {target} HTTP/1.1", [.. fields], address, countries);
        return new Sent(request, method, host, path, headers, cookies, query, IPAddress.Parse(address), countries.Find(IPAddress.Parse(address).GetAddressBytes()));
    }

    private static (string Name, string Value)[] NextPairs(Random random, string[] names, string[] values) =>
        [.. Enumerable.Range(0, random.Next(20) == 0 ? 40 : random.Next(0, 5)).Select(_ => (One(random, names), One(random, values)))];

    private static string NextEquals(Random random, string value) => value.Length == 0 && random.Next(2) == 0 ? "" : "=" + Encoded(random, value);

    private static string Encoded(Random random, string text)
    {
        var encoded = new StringBuilder();
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < bytes.Length; i++)
        {
            byte value = bytes[i];
            bool isLast = i == bytes.Length - 1;
            if (value == (byte)' ' && random.Next(2) == 0) encoded.Append('+');
            else if (value == (byte)'%' && isLast && random.Next(2) == 0) encoded.Append('%');
            else if (char.IsAsciiLetterOrDigit((char)value) && random.Next(3) > 0) encoded.Append((char)value);
            else encoded.Append('%').Append(value.ToString(random.Next(2) == 0 ? "x2" : "X2"));
        }
        return encoded.ToString();
    }

    private static bool Holds(Written written, Sent sent)
    {
        Rule rule = written.Rule;
        return rule.Headers.All(condition => Holds(condition, sent.Headers, StringComparison.OrdinalIgnoreCase))
            && rule.Cookies.All(condition => Holds(condition, sent.Cookies, StringComparison.Ordinal))
            && rule.Query.All(condition => Holds(condition, sent.Query, StringComparison.Ordinal))
            && (rule.Methods.IsEmpty || rule.Methods.Contains(sent.Method))
            && (rule.Host is null || HoldsHost(rule.Host, sent.Host))
            && (rule.Path is null || (sent.Path.TrimEnd('/') + "/").StartsWith(rule.Path.TrimEnd('/') + "/", StringComparison.Ordinal))
            && (rule.Countries.IsEmpty || (!sent.Country.IsNone && rule.Countries.Contains(sent.Country)))
            && (rule.Networks is null || IPNetwork.Parse(written.Network).Contains(sent.Address));
    }

    private static bool Holds(NamedCondition condition, (string Name, string Value)[] pairs, StringComparison names) =>
        pairs.Where(pair => pair.Name.Equals(condition.Name, names)).Take(RuleTable.ValuesMax).Any(pair => condition.Kind switch
        {
            ConditionKind.Present => true,
            ConditionKind.Prefix => pair.Value.StartsWith(condition.Values[0], StringComparison.Ordinal),
            _ => condition.Values.Contains(pair.Value),
        });

    private static bool HoldsHost(string pattern, string host) => pattern.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase) && host.Length > pattern.Length - 1
        : host.Equals(pattern, StringComparison.OrdinalIgnoreCase);

    private static bool IsForConnections(Rule rule) =>
        rule.Headers.IsEmpty && rule.Cookies.IsEmpty && rule.Query.IsEmpty && rule.Methods.IsEmpty && rule.Host is null && rule.Path is null or "/";

    private static T One<T>(Random random, T[] choices) => choices[random.Next(choices.Length)];

    private static T[] Some<T>(Random random, T[] choices) => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => One(random, choices))];

    private sealed record Mix(ConditionKind[] Kinds, int[] Sources, int Names, int ConditionsMax);

    private sealed record Written(Rule Rule, string Network);

    private sealed record Sent(
        SampleRequest Request, string Method, string Host, string Path,
        (string Name, string Value)[] Headers, (string Name, string Value)[] Cookies, (string Name, string Value)[] Query,
        IPAddress Address, CountryCode Country);
}
