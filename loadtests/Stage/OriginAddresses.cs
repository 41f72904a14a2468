using System.Net;

namespace FastCanary.LoadTests.Stage;

/// <summary>Where the endpoints are.</summary>
internal sealed record OriginAddresses(
    IPEndPoint Stable1, IPEndPoint Stable2, IPEndPoint Canary1, IPEndPoint Preview1, IPEndPoint Bulk, IPEndPoint WebSocket, IPEndPoint TcpStable, IPEndPoint TcpCanary)
{
    /// <summary>How many ports they take.</summary>
    public const int Count = 8;

    /// <summary>Of consecutive ports, in this order.</summary>
    public static OriginAddresses From(IPEndPoint first)
    {
        IPEndPoint At(int offset) => new(first.Address, first.Port + offset);
        return new OriginAddresses(At(0), At(1), At(2), At(3), At(4), At(5), At(6), At(7));
    }
}
