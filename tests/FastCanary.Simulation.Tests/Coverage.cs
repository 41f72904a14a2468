using System.Globalization;

namespace FastCanary.Simulation.Tests;

/// <summary>What was reached, and how often: a simulation in which nothing happens finds nothing.</summary>
internal sealed class Coverage
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public long this[string what] => _counts.GetValueOrDefault(what);

    public void Count(string what, long times = 1)
    {
        if (times > 0) _counts[what] = _counts.GetValueOrDefault(what) + times;
    }

    public void Add(Coverage other)
    {
        foreach (var (what, times) in other._counts) Count(what, times);
    }

    public override string ToString() => string.Join('\n', _counts.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Value,8}  {each.Key}")));
}
