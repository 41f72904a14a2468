namespace FastCanary.Simulation.Tests;

/// <summary>What is wrong with a request: something that two parsers could read differently, or that nobody should read at all.</summary>
internal enum Malformation
{
    None,
    LengthAndChunked,
    TwoLengths,
    LengthWithPlus,
    TwoHosts,
    NoHost,
    FoldedLine,
    SpaceBeforeColon,
    BareLineFeed,
    BareCarriageReturn,
    NulInValue,
    TwoTransferCodings,
    ChunkedNotLast,
    UnknownCoding,
    VersionTwo,
    Connect,
    SpaceInTarget,

    /// <summary>From here on the head is well-formed, and the chunked body is not.</summary>
    FirstOfBody,
    ChunkSizeNoHex = FirstOfBody,
    ChunkSizeSigned,
    ChunkSizeOverflows,
    ChunkEndMissing,
    LineFeedInExtension,
    FramingInTrailer,
}
