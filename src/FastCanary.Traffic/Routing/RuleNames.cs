using System.Text;

namespace FastCanary.Traffic;

/// <summary>The names of a table's conditions, while it is compiled.</summary>
internal sealed class RuleNames
{
    /// <summary>How many names a match keeps the values of; the most used come first.</summary>
    public const int SlotsMax = 32;

    private readonly Dictionary<(NamedSource Source, string Name), RuleName> _byName = [];
    private readonly List<RuleName> _all = [];

    /// <summary>The name, in lower case where case does not count.</summary>
    public static string KeyOf(NamedSource source, string name) =>
        source == NamedSource.Header && Ascii.IsValid(name) ? name.ToLowerInvariant() : name;

    /// <summary>The one object of this name.</summary>
    public RuleName Of(NamedSource source, string name)
    {
        (NamedSource, string) key = (source, KeyOf(source, name));
        if (!_byName.TryGetValue(key, out RuleName? known))
        {
            known = new RuleName(source, name);
            _byName.Add(key, known);
            _all.Add(known);
        }
        return known;
    }

    /// <summary>Gives a slot to the names that selectors begin at, and to those that more than one condition is on: a name that is asked for once costs less without.</summary>
    /// <returns>The number of slots.</returns>
    public int AssignSlots()
    {
        _all.Sort(static (a, b) => a.IsSelector != b.IsSelector ? b.IsSelector.CompareTo(a.IsSelector) : b.Uses.CompareTo(a.Uses));
        int slots = 0;
        while (slots < Math.Min(_all.Count, SlotsMax) && (_all[slots].IsSelector || _all[slots].Uses > 1))
            _all[slots].Slot = slots++;
        return slots;
    }
}
