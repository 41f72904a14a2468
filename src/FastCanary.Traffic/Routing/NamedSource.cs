namespace FastCanary.Traffic;

/// <summary>What a <see cref="NamedCondition"/> is on.</summary>
internal enum NamedSource : byte
{
    /// <summary>A request field; names in any case.</summary>
    Header,

    /// <summary>A cookie.</summary>
    Cookie,

    /// <summary>A parameter of the query; values are compared decoded.</summary>
    Query,
}
