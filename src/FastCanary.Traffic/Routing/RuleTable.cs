namespace FastCanary.Traffic;

/// <summary>Which version a request goes to ahead of affinity and split: the first rule whose conditions all hold. Immutable; shared by all loops.</summary>
public sealed class RuleTable
{
    private readonly Rule[] _rules;

    private RuleTable(Rule[] rules) => _rules = rules;

    /// <summary>No rules.</summary>
    public static RuleTable Empty { get; } = new([]);

    /// <summary>Prepares rules for matching, in their order.</summary>
    public static RuleTable Compile(ReadOnlySpan<Rule> rules) => new(rules.ToArray());

    /// <summary>The place of the first rule that matches, or -1. No allocation.</summary>
    public int Match(in RequestView request) => _rules.Length == 0 ? -1 : throw new NotSupportedException();

    /// <summary>The place of the first rule that matches a connection of which no request is seen, or -1. No allocation.</summary>
    /// <param name="clientAddress">4 or 16 bytes in network order.</param>
    /// <param name="countries">Where it is looked up; null where no database is configured.</param>
    public int MatchConnection(ReadOnlySpan<byte> clientAddress, CountryDatabase? countries) => _rules.Length == 0 ? -1 : throw new NotSupportedException();

    /// <summary>The place in <see cref="ServiceModel.Versions"/> of the version that a rule sends to.</summary>
    public int VersionOf(int rule) => _rules[rule].VersionIndex;
}
