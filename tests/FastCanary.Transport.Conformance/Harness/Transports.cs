using System.Runtime.CompilerServices;

namespace FastCanary.Transport.Conformance;

/// <summary>The transports that the suite is run against.</summary>
public static class Transports
{
    private const long BlockBytesMax = 16 << 20;

    public static TheoryData<string> All => ["epoll", "sockets", "simulated"];

    /// <summary>Those whose peers are sockets of the system: for what cannot be asked of a simulated one.</summary>
    public static TheoryData<string> Real => ["epoll", "sockets"];

    public static TransportUnderTest Create(string name, long blockBytesMax = BlockBytesMax) => name switch
    {
        "epoll" or "sockets" => CreateReal(name, blockBytesMax),
        "simulated" => new SimulatedTransportUnderTest(blockBytesMax),
        _ => throw new SwitchExpressionException(name),
    };

    public static RealTransportUnderTest CreateReal(string name, long blockBytesMax = BlockBytesMax) => new(Backend(name), blockBytesMax);

    public static TransportBackend Backend(string name) => name == "epoll" ? TransportBackend.Epoll : TransportBackend.Sockets;
}
