namespace FastCanary.Proxy;

/// <summary>What <see cref="ProxyHeader.Read"/> has to say about the bytes it was given.</summary>
internal enum ProxyHeaderStatus : byte
{
    /// <summary>The header is complete; the connection's own bytes begin behind it.</summary>
    Done,

    /// <summary>All bytes so far are the beginning of a header, and more are needed.</summary>
    NeedMore,

    /// <summary>The bytes are refused; <see cref="ProxyHeader.Fault"/> says why. More bytes cannot change that.</summary>
    Invalid,
}
