namespace FastCanary.Traffic;

/// <summary>How a rule compares a value.</summary>
public enum ConditionKind : byte
{
    /// <summary>It is there, whatever it is.</summary>
    Present,

    /// <summary>It equals, byte for byte.</summary>
    Exact,

    /// <summary>It begins with, byte for byte.</summary>
    Prefix,

    /// <summary>It equals one of a list, byte for byte.</summary>
    OneOf,
}
