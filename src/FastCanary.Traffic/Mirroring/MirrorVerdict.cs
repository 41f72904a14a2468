namespace FastCanary.Traffic;

/// <summary>What a difference is, judged by a second answer of the version that served the user.</summary>
public enum MirrorVerdict : byte
{
    /// <summary>The second answer is like the user's: the mirrored version behaves differently.</summary>
    Changed,

    /// <summary>The second answer differs in the same kind: the baseline does not agree with itself.</summary>
    Noise,

    /// <summary>There was no second answer.</summary>
    Unconfirmed,
}
