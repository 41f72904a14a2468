namespace FastCanary.Transport;

/// <summary>What a backend reports about a connection. The numbers are epoll's, so that its events need no translation.</summary>
[Flags]
internal enum ConnectionEvents
{
    None = 0,

    /// <summary>Bytes or the end can be received.</summary>
    Readable = 0x001,

    /// <summary>There is room for output again; of a new connection: it is established, or has failed.</summary>
    Writable = 0x004,

    /// <summary>The socket has an error.</summary>
    Error = 0x008,

    /// <summary>Both directions have ended.</summary>
    Hangup = 0x010,

    /// <summary>The peer has ended its direction.</summary>
    Finished = 0x2000,
}
