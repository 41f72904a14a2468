namespace FastCanary.Proxy;

/// <summary>What came of comparing one kind of thing of two responses.</summary>
internal enum Compared : byte
{
    /// <summary>It is equal, or not to be compared.</summary>
    Equal,

    /// <summary>It differs.</summary>
    Differs,

    /// <summary>A body was over its limit.</summary>
    Truncated,

    /// <summary>The bodies have a content coding and other bytes.</summary>
    Encoded,

    /// <summary>There was no memory to keep it.</summary>
    Missing,
}
