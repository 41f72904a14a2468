namespace FastCanary.Transport;

/// <summary>One loop's share of a listening address.</summary>
public abstract class Listener
{
    /// <summary>Connections accepted here that are open now. Loop's thread.</summary>
    public int Connections { get; internal set; }

    /// <summary>Accepting has ended: connections end after the exchange they are in.</summary>
    public bool IsDraining { get; protected set; }

    /// <summary>Accepts what waits in the backlog, closes the listening socket and ends idle connections. Loop's thread.</summary>
    public abstract void Drain();
}
