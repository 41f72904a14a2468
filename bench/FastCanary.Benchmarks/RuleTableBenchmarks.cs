using System.Net;
using BenchmarkDotNet.Attributes;
using FastCanary.Http;
using FastCanary.Traffic;

namespace FastCanary.Benchmarks;

/// <summary>One request's way through a table of rules. The request is a browser's with 14 fields, two cookies and three parameters.</summary>
[MemoryDiagnoser]
public class RuleTableBenchmarks
{
    private const int Many = 1000;

    private readonly byte[] _bytes = BrowserRequest.Bytes(
        "/search?q=canary+release&page=2&v=7",
        "Upgrade-Insecure-Requests: 1",
        "Sec-Fetch-Dest: document",
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Site: same-origin",
        "Cache-Control: max-age=0",
        "X-User-Id: user-999",
        "X-Group: group-none",
        "Cookie: session=6f1d2c3b4a596877; id=user-99999");

    private readonly RequestHead _head = new();
    private readonly byte[] _address = [192, 0, 2, 33];
    private readonly byte[] _directName = "X-User-Id"u8.ToArray();
    private readonly byte[] _directValue = "user-999"u8.ToArray();

    private readonly RuleTable _none = RuleTable.Empty;
    private readonly RuleTable _one = RuleTable.Compile([Header("X-User-Id", ConditionKind.Exact, "user-999")]);
    private readonly RuleTable _four = RuleTable.Compile([
        Header("X-Canary", ConditionKind.Exact, "true"),
        new Rule { VersionIndex = 1, Path = "/new-feature" },
        new Rule
        {
            VersionIndex = 1,
            Cookies = [new NamedCondition("beta", ConditionKind.Exact, ["1"])],
            Query = [new NamedCondition("v", ConditionKind.Exact, ["2"])],
            Methods = ["GET"],
            Host = "beta.example",
        },
        new Rule { VersionIndex = 1, Query = [new NamedCondition("v", ConditionKind.OneOf, ["3", "4", "5"])] },
    ]);

    private readonly RuleTable _exact = RuleTable.Compile(Rules(i => Header("X-User-Id", ConditionKind.Exact, $"user-{i}")));
    private readonly RuleTable _exactOthers = RuleTable.Compile(Rules(i => Header("X-Group", ConditionKind.Exact, $"group-{i}")));
    private readonly RuleTable _prefixes = RuleTable.Compile(Rules(i => Header("X-Group", ConditionKind.Prefix, $"group-{i}-")));
    private readonly RuleTable _names = RuleTable.Compile(Rules(i => Header($"X-Name-{i}", ConditionKind.Prefix, "a")));
    private readonly RuleTable _networks = RuleTable.Compile(Rules(i => new Rule
    {
        VersionIndex = 1,
        Networks = NetworkSet.Compile([IPNetwork.Parse($"10.{i / 256}.{i % 256}.0/24"), IPNetwork.Parse($"2001:db8:{i}::/48")]),
    }));

    private readonly RuleTable _vips = RuleTable.Compile([
        new Rule { VersionIndex = 1, Cookies = [new NamedCondition("id", ConditionKind.OneOf, [.. Enumerable.Range(0, 100_000).Select(i => $"user-{i}")])] },
    ]);

    public RuleTableBenchmarks()
    {
        _head.Reset(RequestHeadBenchmarks.Limits);
        if (_head.Parse(_bytes) != ParseStatus.Done) throw new InvalidOperationException("The head is refused.");
        Hold(NoRules(), -1);
        Hold(OneHeader(), 0);
        Hold(FourMixedMiss(), -1);
        Hold(ManyExactLast(), Many - 1);
        Hold(ManyExactMiss(), -1);
        Hold(ManyPrefixesMiss(), -1);
        Hold(ManyNamesMiss(), -1);
        Hold(ManyNetworksMiss(), -1);
        Hold(VipListHit(), 0);
    }

    private RequestView View => new() { Head = _head, Bytes = _bytes, ClientAddress = _address, Countries = null };

    /// <summary>What one header rule comes down to; the others are measured against it.</summary>
    [Benchmark(Baseline = true)]
    public bool DirectScan()
    {
        int field = _head.FindField(_bytes, _directName);
        return field >= 0 && _head.FieldValueAt(field).Of(_bytes).SequenceEqual(_directValue);
    }

    [Benchmark]
    public int NoRules() => _none.Match(View);

    [Benchmark]
    public int OneHeader() => _one.Match(View);

    [Benchmark]
    public int FourMixedMiss() => _four.Match(View);

    [Benchmark]
    public int ManyExactLast() => _exact.Match(View);

    [Benchmark]
    public int ManyExactMiss() => _exactOthers.Match(View);

    [Benchmark]
    public int ManyPrefixesMiss() => _prefixes.Match(View);

    [Benchmark]
    public int ManyNamesMiss() => _names.Match(View);

    [Benchmark]
    public int ManyNetworksMiss() => _networks.Match(View);

    [Benchmark]
    public int VipListHit() => _vips.Match(View);

    private static Rule Header(string name, ConditionKind kind, string value) => new() { VersionIndex = 1, Headers = [new NamedCondition(name, kind, [value])] };

    private static Rule[] Rules(Func<int, Rule> rule) => [.. Enumerable.Range(0, Many).Select(rule)];

    private static void Hold(int actual, int expected)
    {
        if (actual != expected) throw new InvalidOperationException($"The rule at {actual} matches, not the one at {expected}.");
    }
}
