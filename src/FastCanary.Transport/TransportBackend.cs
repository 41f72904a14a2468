using System.Net;

namespace FastCanary.Transport;

/// <summary>A way to reach the network: makes loops. What is above sees no difference between them.</summary>
public abstract class TransportBackend
{
    private protected TransportBackend(string name) => Name = name;

    /// <summary>The project's own loops on Linux's epoll.</summary>
    public static TransportBackend Epoll { get; } = new Epoll.EpollBackend();

    /// <summary>.NET's sockets: for systems without epoll.</summary>
    public static TransportBackend Sockets { get; } = new Sockets.SocketsBackend();

    /// <summary>The best one for this system.</summary>
    public static TransportBackend Auto => OperatingSystem.IsLinux() ? Epoll : Sockets;

    /// <summary>As <c>runtime.transport</c> names it.</summary>
    public string Name { get; }

    /// <summary>Makes a loop; <see cref="EventLoop.Start"/> gives it its thread.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="blockBytesMax">Bound of the block pool in bytes.</param>
    /// <exception cref="TransportException">The system gives none.</exception>
    public abstract EventLoop CreateLoop(string name, long blockBytesMax);

    /// <summary>Fails where another program already listens on <paramref name="address"/>, one that shares ports included.</summary>
    /// <exception cref="TransportException">The address cannot be listened on.</exception>
    public abstract void Probe(IPEndPoint address);

    /// <summary>
    /// Takes an address ahead of the loops that are to listen on it: nobody else can have it any more, and their <see cref="EventLoop.Listen"/> cannot fail for want of it. Who
    /// connects meanwhile waits for them.
    /// </summary>
    /// <param name="address">Where; not one that a listener of this process has.</param>
    /// <param name="loops">Number of loops that will listen there.</param>
    /// <returns>Gives back what no loop has taken, once disposed of.</returns>
    /// <exception cref="TransportException">The address cannot be listened on.</exception>
    public abstract IDisposable Reserve(IPEndPoint address, int loops);
}
