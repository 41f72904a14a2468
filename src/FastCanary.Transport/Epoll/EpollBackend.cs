using System.Net;

namespace FastCanary.Transport.Epoll;

/// <summary>The backend on Linux's epoll.</summary>
internal sealed class EpollBackend() : TransportBackend("epoll")
{
    public override EventLoop CreateLoop(string name, long blockBytesMax) => new EpollLoop(name, blockBytesMax);

    public override void Probe(IPEndPoint address) => EpollLoop.Probe(address);
}
