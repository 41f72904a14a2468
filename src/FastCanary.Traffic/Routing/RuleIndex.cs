namespace FastCanary.Traffic;

/// <summary>
/// Which rules of a table are worth a test: those that a value of the request leads to, and those that nothing leads to and that are always tested.
/// Every rule that matches is among them, so the first of them that matches is the table's first.
/// </summary>
internal sealed class RuleIndex
{
    private readonly RuleSelector[] _selectors;

    // A bit for each rule.
    private readonly ulong[] _always;

    private RuleIndex(RuleSelector[] selectors, ulong[] always)
    {
        _selectors = selectors;
        _always = always;
    }

    /// <summary>How many words of 64 bits hold a bit for each rule.</summary>
    public int Words => _always.Length;

    /// <summary>The index of these rules, or null where it would gain nothing.</summary>
    public static RuleIndex? Compile(ReadOnlySpan<Rule> rules, RuleNames names)
    {
        var always = new ulong[(rules.Length + 63) / 64];
        for (int i = 0; i < rules.Length; i++)
            always[i >> 6] |= 1UL << i;
        List<RuleSelector> selectors = new RuleIndexPlan(rules).Selectors(names, always);
        return selectors.Count == 0 ? null : new RuleIndex([.. selectors], always);
    }

    /// <summary>Finds the rules worth a test.</summary>
    /// <param name="request">The request.</param>
    /// <param name="match">What is known about it.</param>
    /// <param name="candidates"><see cref="Words"/> words, of which rule i is bit i % 64 of word i / 64.</param>
    public void Find(in RequestView request, ref RuleMatch match, Span<ulong> candidates)
    {
        _always.CopyTo(candidates);
        foreach (RuleSelector selector in _selectors)
            selector.AddCandidates(request, ref match, candidates);
    }
}
