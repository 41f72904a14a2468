using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace FastCanary.Traffic;

/// <summary>Chooses, while a table is compiled, by which of its conditions each rule is found.</summary>
internal sealed class RuleIndexPlan
{
    /// <summary>A selector costs a request one search, so few are kept, and none that spares it fewer tests than this.</summary>
    private const int SelectorsMax = 8;
    private const int RulesMin = 8;

    /// <summary>A longer list is searched by its own rule instead of being kept twice.</summary>
    private const int ListedMax = 256;

    private readonly int _rules;
    private readonly List<Way> _ways = [];

    public RuleIndexPlan(ReadOnlySpan<Rule> rules)
    {
        _rules = rules.Length;
        for (int i = 0; i < rules.Length; i++)
        {
            Add(i, NamedSource.Header, rules[i].Headers);
            Add(i, NamedSource.Cookie, rules[i].Cookies);
            Add(i, NamedSource.Query, rules[i].Query);
            if (rules[i].Host is { Length: > 0 and <= RuleSelector.HostBytesMax } host && !host.StartsWith("*.", StringComparison.Ordinal))
                _ways.Add(new Way(i, new Key(null, ""), [host.ToLowerInvariant()]));
        }
    }

    /// <summary>The selectors, and in <paramref name="always"/> no longer a bit for the rules that they lead to.</summary>
    public List<RuleSelector> Selectors(RuleNames names, ulong[] always)
    {
        List<Key> keys = MostUsed();
        Way?[] chosen = Choose(keys);
        var selectors = new List<RuleSelector>();
        foreach (Key key in keys)
        {
            var values = new List<string>();
            var places = new List<ushort>();
            int reached = 0;
            foreach (Way? way in chosen)
            {
                if (way is null || way.Key != key)
                    continue;
                reached++;
                foreach (string value in way.Values)
                {
                    values.Add(value);
                    places.Add((ushort)way.Rule);
                }
            }
            if (reached < RulesMin)
                continue;
            foreach (ushort rule in places)
                always[rule >> 6] &= ~(1UL << rule);
            selectors.Add(new RuleSelector(NameOf(key, names), values, places));
        }
        return selectors;
    }

    private static RuleName? NameOf(Key key, RuleNames names)
    {
        if (key.Source is not { } source)
            return null;
        RuleName name = names.Of(source, key.Name);
        name.IsSelector = true;
        return name;
    }

    private void Add(int rule, NamedSource source, ImmutableArray<NamedCondition> conditions)
    {
        foreach (NamedCondition condition in conditions)
        {
            if (condition.Kind == ConditionKind.Exact || (condition.Kind == ConditionKind.OneOf && condition.Values.Count is > 0 and <= ListedMax))
                _ways.Add(new Way(rule, new Key(source, RuleNames.KeyOf(source, condition.Name)), condition.Values));
        }
    }

    private List<Key> MostUsed()
    {
        var uses = new Dictionary<Key, int>();
        foreach (Way way in _ways)
            CollectionsMarshal.GetValueRefOrAddDefault(uses, way.Key, out _)++;
        var keys = new List<Key>();
        foreach ((Key key, int count) in uses)
        {
            if (count >= RulesMin)
                keys.Add(key);
        }
        keys.Sort((a, b) => uses[b].CompareTo(uses[a]));
        if (keys.Count > SelectorsMax)
            keys.RemoveRange(SelectorsMax, keys.Count - SelectorsMax);
        return keys;
    }

    /// <summary>For each rule the condition whose values it shares with the fewest others, or null.</summary>
    private Way?[] Choose(List<Key> keys)
    {
        var shared = new Dictionary<(Key, string), int>();
        foreach (Way way in _ways)
        {
            if (!keys.Contains(way.Key))
                continue;
            foreach (string value in way.Values)
                CollectionsMarshal.GetValueRefOrAddDefault(shared, (way.Key, value), out _)++;
        }

        var chosen = new Way?[_rules];
        var least = new int[_rules];
        foreach (Way way in _ways)
        {
            if (!keys.Contains(way.Key))
                continue;
            int most = 0;
            foreach (string value in way.Values)
                most = Math.Max(most, shared[(way.Key, value)]);
            if (chosen[way.Rule] is not null && least[way.Rule] <= most)
                continue;
            chosen[way.Rule] = way;
            least[way.Rule] = most;
        }
        return chosen;
    }

    /// <param name="Source">Null for the host.</param>
    /// <param name="Name">In lower case where case does not count.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Key(NamedSource? Source, string Name);

    private sealed record Way(int Rule, Key Key, IReadOnlyList<string> Values);
}
