using System.Net;

namespace FastCanary.Control;

/// <summary>An item of <c>services.NAME.rules</c>. All that is given must hold.</summary>
public sealed class RuleConfig
{
    /// <summary>Conditions on request fields; names in any case.</summary>
    public IReadOnlyList<NamedConditionConfig> Headers { get; internal set; } = [];

    /// <summary>Conditions on cookies.</summary>
    public IReadOnlyList<NamedConditionConfig> Cookies { get; internal set; } = [];

    /// <summary>Conditions on parameters of the query.</summary>
    public IReadOnlyList<NamedConditionConfig> Query { get; internal set; } = [];

    /// <summary>Methods of which one must be the request's; empty: any.</summary>
    public IReadOnlyList<string> Methods { get; internal set; } = [];

    /// <summary>As in <see cref="RouteConfig.Host"/>.</summary>
    public string? Host { get; internal set; }

    /// <summary>As in <see cref="RouteConfig.Path"/>.</summary>
    public string? Path { get; internal set; }

    /// <summary>ISO 3166-1 alpha-2, upper case; empty: any.</summary>
    public IReadOnlyList<string> Countries { get; internal set; } = [];

    /// <summary>Networks in one of which the client must be; empty: any.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; internal set; } = [];

    /// <summary>The version that takes what matches.</summary>
    public string Version { get; internal set; } = "";

    internal ConfigPosition Position { get; set; }

    internal ConfigPosition VersionPosition { get; set; }

    internal ConfigPosition CountryPosition { get; set; }

    /// <summary>Whether it could be read; what could not is not judged further.</summary>
    internal bool IsWhole { get; set; }

    /// <summary>Whether every request that the other matches is matched by this one too, as far as condition by condition tells.</summary>
    internal bool Covers(RuleConfig other) =>
        RouteConfig.CoversHost(Host, other.Host)
        && RouteConfig.CoversPath(Path, other.Path)
        && CoversOneOf(Methods, other.Methods)
        && CoversOneOf(Countries, other.Countries)
        && CoversNetworks(other.Networks)
        && CoversNamed(Headers, other.Headers, StringComparison.OrdinalIgnoreCase)
        && CoversNamed(Cookies, other.Cookies, StringComparison.Ordinal)
        && CoversNamed(Query, other.Query, StringComparison.Ordinal);

    private static bool CoversOneOf(IReadOnlyList<string> mine, IReadOnlyList<string> theirs)
    {
        if (mine.Count == 0)
            return true;
        foreach (string value in theirs)
        {
            if (!mine.Contains(value, StringComparer.Ordinal))
                return false;
        }
        return theirs.Count > 0;
    }

    private static bool CoversNamed(IReadOnlyList<NamedConditionConfig> mine, IReadOnlyList<NamedConditionConfig> theirs, StringComparison names)
    {
        foreach (NamedConditionConfig condition in mine)
        {
            bool implied = false;
            foreach (NamedConditionConfig other in theirs)
                implied |= condition.Name.Equals(other.Name, names) && condition.Covers(other);
            if (!implied)
                return false;
        }
        return true;
    }

    private bool CoversNetworks(IReadOnlyList<IPNetwork> theirs)
    {
        if (Networks.Count == 0)
            return true;
        foreach (IPNetwork other in theirs)
        {
            bool inside = false;
            foreach (IPNetwork mine in Networks)
                inside |= mine.PrefixLength <= other.PrefixLength && mine.Contains(other.BaseAddress);
            if (!inside)
                return false;
        }
        return theirs.Count > 0;
    }
}
