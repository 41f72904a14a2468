using System.Text;

namespace FastCanary.Traffic;

/// <summary>Leads from the values of one name, or from the host, to the rules that want such a value.</summary>
internal sealed class RuleSelector
{
    /// <summary>The longest host that is worth a look: a longer one is refused with its request.</summary>
    public const int HostBytesMax = 255;

    // Null: the host, in lower case.
    private readonly RuleName? _name;

    // The rules of the value at i in _values are _rules[_starts[i].._starts[i + 1]].
    private readonly ByteStrings _values;
    private readonly int[] _starts;
    private readonly ushort[] _rules;

    /// <param name="name">Whose values; null for the host.</param>
    /// <param name="values">A value for each of <paramref name="rules"/>; hosts in lower case. Several may be equal.</param>
    /// <param name="rules">The place of the rule that wants it.</param>
    public RuleSelector(RuleName? name, List<string> values, List<ushort> rules)
    {
        _name = name;
        _values = ByteStrings.Compile(values);

        // Equal values are found at the first of them: all their rules go there.
        _starts = new int[values.Count + 1];
        var homes = new int[values.Count];
        for (int i = 0; i < homes.Length; i++)
        {
            homes[i] = _values.Find(_values.At(i));
            _starts[homes[i] + 1]++;
        }
        for (int i = 0; i < homes.Length; i++)
            _starts[i + 1] += _starts[i];
        var next = _starts.AsSpan().ToArray();
        _rules = new ushort[rules.Count];
        for (int i = 0; i < homes.Length; i++)
            _rules[next[homes[i]]++] = rules[i];
    }

    /// <summary>Sets the bit of each rule that a value of the request leads to.</summary>
    public void AddCandidates(in RequestView request, ref RuleMatch match, Span<ulong> candidates)
    {
        if (_name is null)
        {
            AddHost(match.HostOf(request), candidates);
            return;
        }
        foreach (Http.ByteRange value in match.ValuesOf(_name, request))
            Add(_name.PlaceOf(value.Of(request.Bytes), _values), candidates);
    }

    private void AddHost(ReadOnlySpan<byte> host, Span<ulong> candidates)
    {
        if (host.Length > _values.LongestBytes)
            return;
        Span<byte> lower = stackalloc byte[HostBytesMax];
        Ascii.ToLower(host, lower, out int length);
        Add(_values.Find(lower[..length]), candidates);
    }

    private void Add(int value, Span<ulong> candidates)
    {
        if (value < 0)
            return;
        foreach (ushort rule in _rules.AsSpan(_starts[value].._starts[value + 1]))
            candidates[rule >> 6] |= 1UL << rule;
    }
}
