namespace FastCanary.Traffic;

/// <summary>How two bodies are compared.</summary>
public enum MirrorBodyComparison : byte
{
    /// <summary>They are not.</summary>
    None,

    /// <summary>Byte for byte.</summary>
    Exact,

    /// <summary>As JSON values: white space, the order of members and the spelling of strings and numbers do not count. What is no JSON is compared byte for byte.</summary>
    Json,
}
