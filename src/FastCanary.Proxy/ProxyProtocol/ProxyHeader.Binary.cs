using System.Buffers.Binary;
using System.Numerics;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <content>Version 2: 16 fixed bytes, addresses, TLVs (section 2.2).</content>
internal readonly partial record struct ProxyHeader
{
    /// <summary>Signature, version and command, family and transport, length of what follows.</summary>
    internal const int FixedBytes = 16;

    internal const byte VersionAndProxy = 0x21;
    internal const byte TcpOverIPv4 = 0x11;
    internal const byte TcpOverIPv6 = 0x21;
    internal const int IPv4BlockBytes = (2 * 4) + (2 * 2);
    internal const int IPv6BlockBytes = (2 * 16) + (2 * 2);

    private const byte VersionAndLocal = 0x20;
    private const int UnixBlockBytes = 2 * 108;
    private const int VersionAt = 12;
    private const int FamilyAt = 13;
    private const int LengthAt = 14;
    private const byte Crc32CType = 3;
    private const int VectorHeadBytes = 3;

    internal static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    private static ProxyHeaderStatus ReadBinary(ReadOnlySpan<byte> input, ref ProxyHeader header)
    {
        // In the order of the bytes: each is judged as soon as it is there.
        if (!Agree(input, Signature)) return Refuse(ProxyHeaderFault.NotProxy, ref header);
        if (input.Length <= VersionAt) return ProxyHeaderStatus.NeedMore;
        if (input[VersionAt] >> 4 != VersionAndProxy >> 4) return Refuse(ProxyHeaderFault.UnsupportedVersion, ref header);
        if (input[VersionAt] is not (VersionAndLocal or VersionAndProxy)) return Refuse(ProxyHeaderFault.UnknownCommand, ref header);
        if (input.Length <= FamilyAt) return ProxyHeaderStatus.NeedMore;
        // Of a local connection, everything but the length is to be ignored.
        var isLocal = input[VersionAt] == VersionAndLocal;
        if (!isLocal && !IsDefined(input[FamilyAt])) return Refuse(ProxyHeaderFault.UnknownFamily, ref header);
        if (input.Length < FixedBytes) return ProxyHeaderStatus.NeedMore;
        int blockLength = BinaryPrimitives.ReadUInt16BigEndian(input[LengthAt..]);
        if (blockLength > BlockBytesMax) return Refuse(ProxyHeaderFault.HeaderTooLong, ref header);
        // Without a family or a transport nothing says where addresses end and TLVs begin.
        var addressBytes = isLocal ? 0 : AddressBytes(input[FamilyAt]);
        if (blockLength < addressBytes) return Refuse(ProxyHeaderFault.AddressesCut, ref header);
        if (input.Length < FixedBytes + blockLength) return ProxyHeaderStatus.NeedMore;

        var whole = input[..(FixedBytes + blockLength)];
        if (addressBytes == 0) return Accept(new ProxyHeader(whole.Length), ref header);
        if (CheckVectors(whole, FixedBytes + addressBytes) is var fault && fault != ProxyHeaderFault.None) return Refuse(fault, ref header);
        var block = whole[FixedBytes..];
        return input[FamilyAt] switch
        {
            TcpOverIPv4 => Accept(ReadAddresses(whole.Length, block, 4), ref header),
            TcpOverIPv6 => Accept(ReadAddresses(whole.Length, block, 16), ref header),
            // Such a connection cannot be this one.
            _ => Accept(new ProxyHeader(whole.Length), ref header),
        };
    }

    private static ProxyHeader ReadAddresses(int length, ReadOnlySpan<byte> block, int addressBytes)
    {
        var ports = block[(2 * addressBytes)..];
        return new ProxyHeader(
            length,
            new PeerAddress(block[..addressBytes], BinaryPrimitives.ReadUInt16BigEndian(ports)),
            new PeerAddress(block.Slice(addressBytes, addressBytes), BinaryPrimitives.ReadUInt16BigEndian(ports[2..])));
    }

    /// <summary>AF_UNSPEC, AF_INET, AF_INET6 or AF_UNIX over UNSPEC, STREAM or DGRAM.</summary>
    private static bool IsDefined(byte family) => family >> 4 <= 3 && (family & 0xF) <= 2;

    /// <returns>0 where the header's addresses have no defined form.</returns>
    private static int AddressBytes(byte family)
    {
        if ((family & 0xF) == 0) return 0;
        return (family >> 4) switch
        {
            1 => IPv4BlockBytes,
            2 => IPv6BlockBytes,
            3 => UnixBlockBytes,
            _ => 0,
        };
    }

    /// <summary>Passes over the TLVs, which have to fill the header to its end, and verifies the checksum where there is one (section 2.2.3).</summary>
    private static ProxyHeaderFault CheckVectors(ReadOnlySpan<byte> whole, int at)
    {
        var checksumAt = 0;
        while (at < whole.Length)
        {
            if (whole.Length - at < VectorHeadBytes) return ProxyHeaderFault.BadVector;
            var type = whole[at];
            int length = BinaryPrimitives.ReadUInt16BigEndian(whole[(at + 1)..]);
            at += VectorHeadBytes;
            if (length > whole.Length - at) return ProxyHeaderFault.BadVector;
            if (type == Crc32CType)
            {
                if (length != sizeof(uint) || checksumAt != 0) return ProxyHeaderFault.BadVector;
                checksumAt = at;
            }

            at += length;
        }

        if (checksumAt == 0) return ProxyHeaderFault.None;
        return BinaryPrimitives.ReadUInt32BigEndian(whole[checksumAt..]) == Checksum(whole, checksumAt) ? ProxyHeaderFault.None : ProxyHeaderFault.BadChecksum;
    }

    /// <summary>RFC 4960, appendix B, over all bytes, the four of the checksum itself taken for zeros.</summary>
    private static uint Checksum(ReadOnlySpan<byte> whole, int checksumAt)
    {
        var crc = uint.MaxValue;
        foreach (var value in whole[..checksumAt]) crc = BitOperations.Crc32C(crc, value);
        crc = BitOperations.Crc32C(crc, 0u);
        foreach (var value in whole[(checksumAt + sizeof(uint))..]) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
