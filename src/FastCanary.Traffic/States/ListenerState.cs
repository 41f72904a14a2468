namespace FastCanary.Traffic;

/// <summary>What of a listener outlives a reload; the same object for the same address and protocol.</summary>
public sealed class ListenerState
{
    internal ListenerState(int id, string address, ListenerProtocol protocol)
    {
        Id = id;
        Address = address;
        Protocol = protocol;
    }

    /// <summary>Dense from 0, in order of first appearance; never given to another listener while the process lives.</summary>
    public int Id { get; }

    /// <summary>As configured.</summary>
    public string Address { get; }

    /// <summary>What is spoken there.</summary>
    public ListenerProtocol Protocol { get; }
}
