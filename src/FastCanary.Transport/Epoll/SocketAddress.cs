using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace FastCanary.Transport.Epoll;

/// <summary>struct sockaddr_in and sockaddr_in6 as bytes.</summary>
internal static class SocketAddress
{
    public const int BytesMax = 28;
    private const int Ipv4Bytes = 16;

    /// <returns>Bytes written: 16 or 28.</returns>
    public static int Write(IPEndPoint endPoint, Span<byte> destination)
    {
        destination[..BytesMax].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)endPoint.Port);
        if (endPoint.AddressFamily == AddressFamily.InterNetwork)
        {
            Unsafe.WriteUnaligned(ref destination[0], (ushort)Libc.Inet);
            endPoint.Address.TryWriteBytes(destination[4..], out _);
            return Ipv4Bytes;
        }

        Unsafe.WriteUnaligned(ref destination[0], (ushort)Libc.Inet6);
        endPoint.Address.TryWriteBytes(destination[8..], out _);
        Unsafe.WriteUnaligned(ref destination[24], (uint)endPoint.Address.ScopeId);
        return BytesMax;
    }

    public static PeerAddress Read(ReadOnlySpan<byte> address)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return Unsafe.ReadUnaligned<ushort>(in address[0]) == Libc.Inet6
            ? new PeerAddress(address.Slice(8, 16), port)
            : new PeerAddress(address.Slice(4, 4), port);
    }
}
