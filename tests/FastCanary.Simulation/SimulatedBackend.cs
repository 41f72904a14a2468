using System.Net;
using FastCanary.Transport;

namespace FastCanary.Simulation;

/// <summary>A backend whose loops live in a <see cref="SimulatedNetwork"/>.</summary>
internal sealed class SimulatedBackend(SimulatedNetwork network) : TransportBackend("simulated")
{
    public override EventLoop CreateLoop(string name, long blockBytesMax) =>
        new SimulatedLoop(network, name, network.Options.BlockBytesMax > 0 ? network.Options.BlockBytesMax : blockBytesMax);

    public override void Probe(IPEndPoint address)
    {
        if (network.IsListening(address)) throw new TransportException($"cannot listen on {address}: the address is in use");
    }

    /// <summary>In this network nobody takes an address between two steps.</summary>
    public override IDisposable Reserve(IPEndPoint address, int loops)
    {
        Probe(address);
        return new Reservation();
    }

    private sealed class Reservation : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
