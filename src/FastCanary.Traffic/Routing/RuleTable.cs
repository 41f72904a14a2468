using System.Numerics;
using FastCanary.Http;

namespace FastCanary.Traffic;

/// <summary>Which version a request goes to ahead of affinity and split: the first rule whose conditions all hold. Immutable; shared by all loops.</summary>
public sealed class RuleTable
{
    /// <summary>The most rules.</summary>
    public const int RulesMax = 4096;

    /// <summary>Of the values that a request has for one name, so many are looked at, in the order received; the others match nothing.</summary>
    public const int ValuesMax = 16;

    private readonly Rule[] _rules;
    private readonly RuleTest[] _tests;

    // The rules that a connection can match of which no request is seen.
    private readonly int[] _forConnections;

    // How many names a match keeps the values of.
    private readonly int _slots;
    private readonly RuleIndex? _index;

    private RuleTable(ReadOnlySpan<Rule> rules)
    {
        if (rules.Length > RulesMax)
            throw new ArgumentException($"{rules.Length} rules; at most {RulesMax}", nameof(rules));
        var names = new RuleNames();
        var forConnections = new List<int>();
        _rules = rules.ToArray();
        _tests = new RuleTest[rules.Length];
        for (int i = 0; i < rules.Length; i++)
        {
            _tests[i] = new RuleTest(rules[i], names);
            NeedsClientAddress |= _tests[i].NeedsClientAddress;
            if (_tests[i].IsForConnections)
                forConnections.Add(i);
        }
        _forConnections = [.. forConnections];
        _index = RuleIndex.Compile(rules, names);
        _slots = names.AssignSlots();
    }

    /// <summary>No rules.</summary>
    public static RuleTable Empty { get; } = new([]);

    /// <summary>Whether a rule looks at the client's network or country: else <see cref="RequestView.ClientAddress"/> may be empty.</summary>
    public bool NeedsClientAddress { get; }

    /// <summary>Prepares rules for matching, in their order.</summary>
    /// <exception cref="ArgumentException">There are too many, or a condition has not the values of its kind.</exception>
    public static RuleTable Compile(ReadOnlySpan<Rule> rules) => rules.IsEmpty ? Empty : new RuleTable(rules);

    /// <summary>The place of the first rule that matches, or -1. No allocation.</summary>
    public int Match(in RequestView request)
    {
        if (_tests.Length == 0)
            return -1;
        if (_slots > 0 || _index is not null)
            return MatchKeeping(request);
        var match = default(RuleMatch);
        return First(request, ref match);
    }

    /// <summary>The place of the first rule that matches a connection of which no request is seen, or -1. No allocation.</summary>
    /// <param name="clientAddress">4 or 16 bytes in network order.</param>
    /// <param name="countries">Where it is looked up; null where no database is configured.</param>
    public int MatchConnection(ReadOnlySpan<byte> clientAddress, CountryDatabase? countries)
    {
        var match = default(RuleMatch);
        foreach (int rule in _forConnections)
        {
            if (_tests[rule].Holds(clientAddress, countries, ref match))
                return rule;
        }
        return -1;
    }

    /// <summary>The place in <see cref="ServiceModel.Versions"/> of the version that a rule sends to.</summary>
    public int VersionOf(int rule) => _rules[rule].VersionIndex;

    private int MatchKeeping(in RequestView request)
    {
        Span<ByteRange> values = stackalloc ByteRange[_slots * ValuesMax];
        Span<byte> found = stackalloc byte[_slots];
        var match = new RuleMatch(values, found);
        if (_index is null)
            return First(request, ref match);

        Span<ulong> candidates = stackalloc ulong[_index.Words];
        _index.Find(request, ref match, candidates);
        for (int word = 0; word < candidates.Length; word++)
        {
            for (ulong left = candidates[word]; left != 0; left &= left - 1)
            {
                int rule = (word << 6) | BitOperations.TrailingZeroCount(left);
                if (_tests[rule].Holds(request, ref match))
                    return rule;
            }
        }
        return -1;
    }

    private int First(in RequestView request, ref RuleMatch match)
    {
        ReadOnlySpan<RuleTest> tests = _tests;
        for (int rule = 0; rule < tests.Length; rule++)
        {
            if (tests[rule].Holds(request, ref match))
                return rule;
        }
        return -1;
    }
}
