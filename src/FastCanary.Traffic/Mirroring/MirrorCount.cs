namespace FastCanary.Traffic;

/// <summary>
/// What became of a service's requests that were chosen to be mirrored. Each is counted once as skipped or as <see cref="Mirrored"/>, and each mirrored one
/// once more when it has ended: by its first difference (status before header before body) and what that turned out to be, or by why there is none.
/// Where nothing is compared, only <see cref="Mirrored"/> and <see cref="Failed"/> are counted.
/// </summary>
public enum MirrorCount : byte
{
    /// <summary>Sent to the mirrored version.</summary>
    Mirrored,

    /// <summary>Everything that was to be compared is equal.</summary>
    Equal,

    /// <summary>Another status, where the baseline gave the user's again.</summary>
    StatusChanged,

    /// <summary>A chosen header has other values, where the baseline gave the user's again.</summary>
    HeaderChanged,

    /// <summary>Another body, where the baseline gave the user's again.</summary>
    BodyChanged,

    /// <summary>Another status, but the baseline's second answer had another one too.</summary>
    StatusNoise,

    /// <summary>A chosen header has other values, but the baseline's second answer had others too.</summary>
    HeaderNoise,

    /// <summary>Another body, but the baseline's second answer had another one too.</summary>
    BodyNoise,

    /// <summary>Another status, and nobody asked the baseline again: the method is neither GET nor HEAD, or there was no second answer.</summary>
    StatusUnconfirmed,

    /// <summary>A chosen header has other values, and nobody asked the baseline again.</summary>
    HeaderUnconfirmed,

    /// <summary>Another body, and nobody asked the baseline again.</summary>
    BodyUnconfirmed,

    /// <summary>The mirrored request got no complete response.</summary>
    Failed,

    /// <summary>Status and headers are equal; a body was over the limit and not compared.</summary>
    Truncated,

    /// <summary>Status and headers are equal; the bodies have a content coding and other bytes, which as JSON says nothing.</summary>
    Encoded,

    /// <summary>The user's own exchange did not end with a complete response of its version: there is nothing to compare with.</summary>
    NotCompared,

    /// <summary>Not compared: too many pairs of responses were waiting for it.</summary>
    SkippedComparison,

    /// <summary>Not mirrored: as many mirrored exchanges as may be are under way on the loop, or they hold as much memory as they may.</summary>
    SkippedBusy,

    /// <summary>Not mirrored: the request's body is over its limit.</summary>
    SkippedTooLarge,

    /// <summary>Not mirrored: the user's request did not arrive whole.</summary>
    SkippedIncomplete,
}
