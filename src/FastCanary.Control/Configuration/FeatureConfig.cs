namespace FastCanary.Control;

/// <summary>An item of <c>services.NAME.features</c>: a share of the users, whose requests carry a field.</summary>
public sealed class FeatureConfig
{
    /// <summary>Letters, digits, dot, underscore, hyphen; at most 63.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>The share of the users, in hundredths of a percent.</summary>
    public int BasisPoints { get; internal set; }

    /// <summary>The field's name.</summary>
    public string Header { get; internal set; } = "";

    /// <summary>The field's value.</summary>
    public string Value { get; internal set; } = "1";

    internal ConfigPosition NamePosition { get; set; }

    internal ConfigPosition HeaderPosition { get; set; }
}
