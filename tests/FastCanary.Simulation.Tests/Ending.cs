namespace FastCanary.Simulation.Tests;

/// <summary>How an origin goes on behind an answer, or breaks it off.</summary>
internal enum Ending
{
    /// <summary>The connection stays and may serve again.</summary>
    Stays,

    /// <summary>The answer said so, and the connection is closed behind it.</summary>
    ClosesAsAnnounced,

    /// <summary>The answer did not say so.</summary>
    ClosesUnannounced,

    /// <summary>A whole answer to nothing lies right behind the answer.</summary>
    SaysMore,

    /// <summary>Bytes come later, while nobody has asked anything.</summary>
    SaysMoreLater,

    /// <summary>The answer ends in the middle, in order.</summary>
    Truncates,

    /// <summary>The answer ends in the middle, by a reset.</summary>
    Resets,

    /// <summary>There is no answer.</summary>
    IsSilent,

    /// <summary>There is none, and behind its head nothing of the request is read.</summary>
    StopsReading,

    /// <summary>There is none, and the connection ends.</summary>
    ClosesInstead,

    /// <summary>What comes is no response that can be read in one way.</summary>
    IsMalformed,
}
