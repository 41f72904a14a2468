using System.Runtime.InteropServices;
using FastCanary.Transport;

namespace FastCanary.Proxy;

/// <summary>
/// What a proxy in front says about a connection, in the bytes before those of the client (haproxy.org, "The PROXY protocol", versions 1 and 2).
/// Read from a span that begins with the connection's first byte; nothing of it is kept.
/// </summary>
/// <remarks>
/// Only for connections whose peer is trusted: whoever sends a header names any address. The protocol forbids to guess whether there is one: where it
/// is expected, a connection without one is refused.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly partial record struct ProxyHeader
{
    /// <summary>Longest line of version 1, with its CRLF (section 2.1).</summary>
    public const int TextBytesMax = 107;

    /// <summary>Longest part of version 2 behind its first 16 bytes: addresses and TLVs. The protocol allows 65535.</summary>
    public const int BlockBytesMax = 4096;

    /// <summary>Longest header: a reader that has these bytes has an answer other than <see cref="ProxyHeaderStatus.NeedMore"/>.</summary>
    public const int BytesMax = FixedBytes + BlockBytesMax;

    private ProxyHeader(ProxyHeaderFault fault) => Fault = fault;

    private ProxyHeader(int length)
    {
        Length = length;
        IsLocal = true;
    }

    private ProxyHeader(int length, in PeerAddress source, in PeerAddress destination)
    {
        Length = length;
        Source = source;
        Destination = destination;
    }

    /// <summary>Bytes of the header, which the client's follow; 0 unless it is <see cref="ProxyHeaderStatus.Done"/>.</summary>
    public int Length { get; }

    /// <summary>
    /// The header names no addresses: those of the connection itself hold. LOCAL (a health check of the proxy's own), UNKNOWN, UNIX sockets, datagrams.
    /// </summary>
    public bool IsLocal { get; }

    /// <summary>The client, unless <see cref="IsLocal"/>.</summary>
    public PeerAddress Source { get; }

    /// <summary>Where the client has connected to, unless <see cref="IsLocal"/>.</summary>
    public PeerAddress Destination { get; }

    /// <summary>Why it is refused.</summary>
    public ProxyHeaderFault Fault { get; }

    /// <summary>
    /// Reads a header of either version. The answer depends on the bytes alone, not on how they came: bytes that are refused stay refused, whatever
    /// follows, and a header that is done stays the same. Bytes that begin neither version are refused at the first one that differs.
    /// </summary>
    /// <param name="input">The connection's bytes so far, from the first.</param>
    /// <param name="header">Its <see cref="Length"/> and addresses where it is done, its <see cref="Fault"/> where it is refused.</param>
    public static ProxyHeaderStatus Read(ReadOnlySpan<byte> input, out ProxyHeader header)
    {
        header = default;
        if (input.IsEmpty) return ProxyHeaderStatus.NeedMore;
        return input[0] == Signature[0] ? ReadBinary(input, ref header) : ReadText(input, ref header);
    }

    private static ProxyHeaderStatus Refuse(ProxyHeaderFault fault, ref ProxyHeader header)
    {
        header = new ProxyHeader(fault);
        return ProxyHeaderStatus.Invalid;
    }

    private static ProxyHeaderStatus Accept(in ProxyHeader read, ref ProxyHeader header)
    {
        header = read;
        return ProxyHeaderStatus.Done;
    }

    /// <summary>Whether one begins with the other.</summary>
    private static bool Agree(ReadOnlySpan<byte> input, ReadOnlySpan<byte> expected)
    {
        var length = Math.Min(input.Length, expected.Length);
        return input[..length].SequenceEqual(expected[..length]);
    }
}
