namespace FastCanary.Proxy;

/// <summary>Where a <see cref="MirrorCopy"/> is.</summary>
internal enum MirrorPhase : byte
{
    /// <summary>With the comparing thread, or over.</summary>
    Ended,

    /// <summary>The user's request is still passing.</summary>
    Collecting,

    /// <summary>The mirrored request is under way.</summary>
    UnderWay,

    /// <summary>The mirrored exchange has ended; the user's has not.</summary>
    Answered,

    /// <summary>The baseline is asked once more.</summary>
    Confirming,
}
