namespace FastCanary.Traffic;

/// <summary>In what a mirrored response differs from the user's.</summary>
public enum MirrorDifferenceKind : byte
{
    /// <summary>The status.</summary>
    Status,

    /// <summary>The values of a chosen header.</summary>
    Header,

    /// <summary>The body.</summary>
    Body,
}
