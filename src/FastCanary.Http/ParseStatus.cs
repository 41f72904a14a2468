namespace FastCanary.Http;

/// <summary>What a parser has to say about the bytes it was given. There is no fourth answer, and no exception.</summary>
public enum ParseStatus : byte
{
    /// <summary>The thing is complete; how many bytes it took is known.</summary>
    Done,

    /// <summary>All bytes so far are valid, and more are needed.</summary>
    NeedMore,

    /// <summary>The bytes are refused; the parser's fault says why. More bytes cannot change that.</summary>
    Invalid,
}
