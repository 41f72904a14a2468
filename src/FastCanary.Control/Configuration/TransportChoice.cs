namespace FastCanary.Control;

/// <summary><c>runtime.transport</c>: how connections are driven.</summary>
public enum TransportChoice : byte
{
    /// <summary>The best that this system has.</summary>
    Auto,

    /// <summary>The project's own loops on Linux's epoll.</summary>
    Epoll,

    /// <summary>.NET's sockets, for other systems.</summary>
    Sockets,
}
