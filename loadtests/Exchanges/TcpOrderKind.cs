namespace FastCanary.LoadTests.Exchanges;

/// <summary>What a TCP endpoint is to do with what comes.</summary>
internal enum TcpOrderKind
{
    /// <summary>Sends back each piece as it comes, and ends when the peer has ended.</summary>
    Echo,

    /// <summary>Sends nothing back before the peer has ended.</summary>
    LateEcho,

    /// <summary>Ends its own side at once, and checks what comes.</summary>
    Sink,
}
