namespace FastCanary.Transport.Sockets;

/// <summary>What a try to accept gave.</summary>
internal enum AcceptResult : byte
{
    /// <summary>A connection.</summary>
    Accepted,

    /// <summary>Nothing yet; the turn comes back when there is something. Or the address is closed.</summary>
    Pending,

    /// <summary>The limit is reached, or the process has no descriptors: to be tried again after a while.</summary>
    NoRoom,
}
