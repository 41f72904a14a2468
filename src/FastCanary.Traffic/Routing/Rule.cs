using System.Collections.Immutable;

namespace FastCanary.Traffic;

/// <summary>A rule as configured, for <see cref="RuleTable.Compile"/>. All that is given must hold; nothing given: it matches everything.</summary>
public sealed record Rule
{
    /// <summary>The place of its version in <see cref="ServiceModel.Versions"/>.</summary>
    public required int VersionIndex { get; init; }

    /// <summary>Conditions on request fields; names in any case.</summary>
    public ImmutableArray<NamedCondition> Headers { get; init; } = [];

    /// <summary>Conditions on cookies; names are case-sensitive.</summary>
    public ImmutableArray<NamedCondition> Cookies { get; init; } = [];

    /// <summary>Conditions on parameters of the query, percent-decoded; names are case-sensitive.</summary>
    public ImmutableArray<NamedCondition> Query { get; init; } = [];

    /// <summary>Methods of which one must be the request's; empty: any.</summary>
    public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>As in <see cref="Route.Host"/>.</summary>
    public string? Host { get; init; }

    /// <summary>As in <see cref="Route.Path"/>.</summary>
    public string? Path { get; init; }

    /// <summary>Countries of which one must be the client's; empty: any.</summary>
    public ImmutableArray<CountryCode> Countries { get; init; } = [];

    /// <summary>Networks in one of which the client must be; null: any.</summary>
    public NetworkSet? Networks { get; init; }
}
