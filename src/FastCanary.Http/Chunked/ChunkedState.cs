namespace FastCanary.Http;

/// <summary>The part of a chunked body that the next byte belongs to (RFC 9112 section 7.1).</summary>
internal enum ChunkedState : byte
{
    /// <summary>The first digit of a chunk size.</summary>
    Size,
    SizeDigits,

    /// <summary>White space that only an extension may follow.</summary>
    ExtensionGap,

    /// <summary>Behind a semicolon: white space, then a name.</summary>
    ExtensionStart,
    ExtensionName,

    /// <summary>White space that an equals sign or a semicolon must follow.</summary>
    ExtensionNameGap,

    /// <summary>Behind an equals sign: white space, then a value.</summary>
    ExtensionValueStart,
    ExtensionToken,
    ExtensionQuoted,
    ExtensionQuotedPair,

    /// <summary>Behind the closing quote.</summary>
    ExtensionQuotedEnd,

    /// <summary>The LF of a size line.</summary>
    SizeLf,
    Data,

    /// <summary>The CR behind chunk data.</summary>
    DataCr,
    DataLf,

    /// <summary>The first byte of a trailer line, or the final CR.</summary>
    TrailerStart,
    TrailerName,
    TrailerValue,
    TrailerLf,

    /// <summary>The final LF.</summary>
    EndLf,
    Done,
    Invalid,
}
