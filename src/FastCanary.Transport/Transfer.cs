namespace FastCanary.Transport;

/// <summary>What a backend's receive or send returns where it is no count of bytes. 0 of a receive is the peer's end.</summary>
internal static class Transfer
{
    /// <summary>Nothing now; an event follows when that changes.</summary>
    public const int WouldBlock = -1;

    /// <summary>The connection is broken; its <see cref="Connection.Failure"/> says how.</summary>
    public const int Failed = -2;
}
