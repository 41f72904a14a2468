using System.Net.Sockets;

namespace FastCanary.LoadTests.Engine;

/// <summary>Tells which of many sockets can be read or written: by epoll on Linux, by select elsewhere. One thread uses it.</summary>
internal abstract class Poller : IDisposable
{
    public static Poller Create() => OperatingSystem.IsLinux() ? new EpollPoller() : new SelectPoller();

    /// <param name="socket">Non-blocking.</param>
    /// <param name="token">0 or more: tells it in <see cref="Wait"/>.</param>
    /// <param name="wantsWrite">Whether it is also told when it can be written.</param>
    public abstract void Add(Socket socket, int token, bool wantsWrite);

    /// <summary>As <see cref="Add"/> for a socket that was added.</summary>
    public abstract void Change(Socket socket, int token, bool wantsWrite);

    /// <summary>Before the socket is closed.</summary>
    public abstract void Remove(Socket socket, int token);

    /// <summary>Waits until there is something to do, or for so long.</summary>
    /// <param name="seconds">0: not at all.</param>
    /// <param name="ready">Gets tokens; one of a socket that has failed or ended is among them.</param>
    public abstract void Wait(double seconds, List<int> ready);

    public virtual void Dispose()
    {
    }
}
