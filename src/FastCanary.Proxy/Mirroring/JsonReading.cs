namespace FastCanary.Proxy;

/// <summary>What came of reading a body as JSON.</summary>
internal enum JsonReading : byte
{
    /// <summary>It is JSON.</summary>
    Done,

    /// <summary>It is not, or it is deeper than what is read, or not UTF-8.</summary>
    NoJson,

    /// <summary>It has more values than what is read.</summary>
    TooLarge,
}
