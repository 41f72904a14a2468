namespace FastCanary.Traffic;

/// <summary>A feature flag: a share of the users, whose requests carry a field.</summary>
/// <param name="name">As configured; it is the salt.</param>
/// <param name="basisPoints">The share in hundredths of a percent, 0 to 10,000.</param>
/// <param name="header">The field's name.</param>
/// <param name="value">The field's value.</param>
public sealed class FeatureModel(string name, int basisPoints, string header, string value)
{
    /// <summary>As configured.</summary>
    public string Name { get; } = name;

    /// <summary>The share in hundredths of a percent.</summary>
    public int BasisPoints { get; } = basisPoints;

    /// <summary>The field's name.</summary>
    public string Header { get; } = header;

    /// <summary>The field's value.</summary>
    public string Value { get; } = value;
}
