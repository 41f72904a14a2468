using System.IO.Pipelines;
using FastCanary.Traffic;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>The PROXY protocol as sessions use it: who must begin with a header, what it changes, and what endpoints are told.</summary>
internal static class ProxyProtocol
{
    private const int AddressBytesMax = 16;

    /// <summary>Whether a connection must begin with a header: a trusted peer's on a listener that takes them. Anybody else's never does, so nobody can lie about an address.</summary>
    public static bool IsExpected(ListenerModel listener, Connection client)
    {
        if (!listener.TakesProxyProtocol) return false;
        Span<byte> address = stackalloc byte[AddressBytesMax];
        return listener.TrustedProxies.Contains(address[..client.Peer.CopyTo(address)]);
    }

    /// <summary>Reads the header from what has arrived, and gives the connection the peer that it names.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="read">How the last receive ended.</param>
    /// <param name="destination">Gets where the client wanted to go, if the header says so.</param>
    /// <returns>Invalid also where the peer is gone, too slow, or has ended before the header's end.</returns>
    public static ProxyHeaderStatus Take(Connection client, Received read, ref PeerAddress destination)
    {
        if (read.IsCanceled) return ProxyHeaderStatus.Invalid;
        var status = ProxyHeader.Read(client.Input.Buffered, out var header);
        switch (status)
        {
            case ProxyHeaderStatus.Done:
                client.Input.Advance(header.Length);
                if (header.IsLocal) return status;
                client.Peer = header.Source;
                destination = header.Destination;
                return status;

            case ProxyHeaderStatus.NeedMore when !read.IsCompleted:
                client.Input.AdvanceExamined(0);
                return status;

            default:
                return ProxyHeaderStatus.Invalid;
        }
    }

    /// <summary>Writes what a connection to an endpoint begins with.</summary>
    public static void Write(ProxyProtocolVersion version, PeerAddress source, PeerAddress destination, PipeWriter output)
    {
        if (version == ProxyProtocolVersion.None) return;
        var span = output.GetSpan(ProxyHeaderWriter.BytesMax);
        var length = version == ProxyProtocolVersion.V1
            ? ProxyHeaderWriter.WriteV1(source, destination, span)
            : ProxyHeaderWriter.WriteV2(source, destination, span);
        output.Advance(length);
    }
}
