namespace FastCanary.Transport;

/// <summary>Who waits on a connection's behalf for something else.</summary>
public interface IHangupWatcher
{
    /// <summary>The connection's peer has hung up, or its deadline has passed, while nobody was reading it. Called once, on the loop.</summary>
    void OnHangup();
}
