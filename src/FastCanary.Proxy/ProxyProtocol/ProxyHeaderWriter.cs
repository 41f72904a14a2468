using System.Buffers.Binary;
using System.Buffers.Text;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>Writes the header that names a client to an upstream: TCP over IPv4 or IPv6, without TLVs.</summary>
/// <remarks>
/// Where one address is IPv4 and the other IPv6, both go as IPv6, the first as <c>::ffff:a.b.c.d</c> (RFC 4291, 2.5.5.2): a header has one family. HAProxy
/// does the same.
/// </remarks>
internal static class ProxyHeaderWriter
{
    /// <summary>Longest header: version 1 over IPv6.</summary>
    public const int BytesMax = 104;

    private static ReadOnlySpan<byte> Mapped => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <summary>Writes version 1, a line of text.</summary>
    /// <param name="source">The client.</param>
    /// <param name="destination">Where the client has connected to.</param>
    /// <param name="to">At least <see cref="BytesMax"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteV1(in PeerAddress source, in PeerAddress destination, Span<byte> to)
    {
        var isIPv4 = source.IsIPv4 && destination.IsIPv4;
        var length = Put(isIPv4 ? "PROXY TCP4 "u8 : "PROXY TCP6 "u8, to);
        length += PutText(source, isIPv4, to[length..]);
        length += Put(" "u8, to[length..]);
        length += PutText(destination, isIPv4, to[length..]);
        length += Put(" "u8, to[length..]);
        length += PutNumber(source.Port, to[length..]);
        length += Put(" "u8, to[length..]);
        length += PutNumber(destination.Port, to[length..]);
        return length + Put("\r\n"u8, to[length..]);
    }

    /// <summary>Writes version 2, binary.</summary>
    /// <inheritdoc cref="WriteV1"/>
    public static int WriteV2(in PeerAddress source, in PeerAddress destination, Span<byte> to)
    {
        var isIPv4 = source.IsIPv4 && destination.IsIPv4;
        var length = Put(ProxyHeader.Signature, to);
        to[length++] = ProxyHeader.VersionAndProxy;
        to[length++] = isIPv4 ? ProxyHeader.TcpOverIPv4 : ProxyHeader.TcpOverIPv6;
        length += PutUInt16(isIPv4 ? ProxyHeader.IPv4BlockBytes : ProxyHeader.IPv6BlockBytes, to[length..]);
        length += PutBytes(source, isIPv4, to[length..]);
        length += PutBytes(destination, isIPv4, to[length..]);
        length += PutUInt16(source.Port, to[length..]);
        return length + PutUInt16(destination.Port, to[length..]);
    }

    private static int PutText(in PeerAddress address, bool isIPv4, Span<byte> to)
    {
        var length = address.IsIPv4 && !isIPv4 ? Put("::ffff:"u8, to) : 0;
        return length + address.Format(to[length..]);
    }

    private static int PutBytes(in PeerAddress address, bool isIPv4, Span<byte> to)
    {
        var length = address.IsIPv4 && !isIPv4 ? Put(Mapped, to) : 0;
        return length + address.CopyTo(to[length..]);
    }

    private static int PutNumber(ushort number, Span<byte> to)
    {
        Utf8Formatter.TryFormat(number, to, out var length);
        return length;
    }

    private static int PutUInt16(int value, Span<byte> to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)value);
        return sizeof(ushort);
    }

    private static int Put(ReadOnlySpan<byte> bytes, Span<byte> to)
    {
        bytes.CopyTo(to);
        return bytes.Length;
    }
}
