using System.Net;
using System.Net.Sockets;
using FastCanary.EndToEnd.Tests.Kit;

namespace FastCanary.Control.Tests.Support;

/// <summary>A port of 127.0.0.1 that refuses connections for as long as this lives: no other test is given it meanwhile, whatever process it runs in.</summary>
internal sealed class ClosedPort : IDisposable
{
    private readonly Socket _holder = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort()
    {
        Port = Ports.Free();
        // A port that is only bound is free for whoever shares addresses, as .NET's sockets do; one that is listened on is not, at any address.
        if (!OperatingSystem.IsLinux()) return;
        _holder.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), Port));
        _holder.Listen(1);
    }

    public int Port { get; }

    public void Dispose() => _holder.Dispose();
}
