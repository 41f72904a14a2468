namespace FastCanary.Http;

/// <summary>One element of a Connection field.</summary>
internal enum ConnectionOption : byte
{
    /// <summary>An empty list element.</summary>
    None,
    Close,
    KeepAlive,
    Upgrade,

    /// <summary>Anything else names a field that ends at this hop.</summary>
    Nomination,
}
