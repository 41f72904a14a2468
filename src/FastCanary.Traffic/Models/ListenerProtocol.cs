namespace FastCanary.Traffic;

/// <summary>What a listener speaks.</summary>
public enum ListenerProtocol : byte
{
    /// <summary>HTTP/1.1 and HTTP/1.0; the split is taken per request.</summary>
    Http,

    /// <summary>Bytes; the split is taken per connection.</summary>
    Tcp,
}
