namespace FastCanary.Transport.Epoll;

/// <summary>Whatever has a descriptor in a loop's epoll set: connections, listeners, the wake-up.</summary>
internal interface IEventSource
{
    /// <summary>The descriptor's events, on the loop's thread. Notes them; runs no code of a connection's owner.</summary>
    void OnEvents(int events);
}
