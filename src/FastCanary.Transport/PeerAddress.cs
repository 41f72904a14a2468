using System.Buffers.Binary;
using System.Buffers.Text;

namespace FastCanary.Transport;

/// <summary>An IP address and port as a value: no allocation to keep, compare or print one. An IPv4-mapped IPv6 address is kept as IPv4.</summary>
public readonly struct PeerAddress : IEquatable<PeerAddress>
{
    /// <summary>Longest text of an address: eight groups of four hexadecimal digits and seven colons.</summary>
    public const int TextBytesMax = 39;

    private readonly ulong _high;
    private readonly ulong _low;

    /// <param name="address">4 or 16 bytes in network order.</param>
    /// <param name="port">0 to 65535.</param>
    public PeerAddress(ReadOnlySpan<byte> address, int port)
    {
        Port = (ushort)port;
        if (address.Length == 16)
        {
            _high = BinaryPrimitives.ReadUInt64BigEndian(address);
            _low = BinaryPrimitives.ReadUInt64BigEndian(address[8..]);
            IsIPv4 = _high == 0 && _low >> 32 == 0xFFFF;
            if (IsIPv4) _low &= 0xFFFF_FFFF;
        }
        else
        {
            IsIPv4 = true;
            _low = BinaryPrimitives.ReadUInt32BigEndian(address);
        }
    }

    public ushort Port { get; }

    public bool IsIPv4 { get; }

    /// <summary>The address in network order: 4 or 16 bytes.</summary>
    /// <returns>Bytes written.</returns>
    public int CopyTo(Span<byte> destination)
    {
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
            return 4;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        return 16;
    }

    /// <summary>The address as text, without the port: dotted decimal, or RFC 5952 without brackets.</summary>
    /// <returns>Bytes written, at most <see cref="TextBytesMax"/>.</returns>
    public int Format(Span<byte> destination)
    {
        var length = 0;
        if (IsIPv4)
        {
            for (var shift = 24; shift >= 0; shift -= 8)
            {
                Utf8Formatter.TryFormat((byte)(_low >> shift), destination[length..], out var digits);
                length += digits;
                if (shift > 0) destination[length++] = (byte)'.';
            }

            return length;
        }

        Span<ushort> groups = stackalloc ushort[8];
        for (var i = 0; i < 4; i++)
        {
            groups[i] = (ushort)(_high >> (48 - (16 * i)));
            groups[i + 4] = (ushort)(_low >> (48 - (16 * i)));
        }

        var (zeros, zerosLength) = LongestZeroRun(groups);
        for (var i = 0; i < 8; i++)
        {
            if (i == zeros)
            {
                destination[length++] = (byte)':';
                if (i == 0) destination[length++] = (byte)':';
                i += zerosLength - 1;
                continue;
            }

            Utf8Formatter.TryFormat(groups[i], destination[length..], out var digits, 'x');
            length += digits;
            if (i < 7) destination[length++] = (byte)':';
        }

        return length;
    }

    public bool Equals(PeerAddress other) => _high == other._high && _low == other._low && Port == other.Port && IsIPv4 == other.IsIPv4;

    public override bool Equals(object? obj) => obj is PeerAddress other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_high, _low, Port);

    public static bool operator ==(PeerAddress left, PeerAddress right) => left.Equals(right);

    public static bool operator !=(PeerAddress left, PeerAddress right) => !left.Equals(right);

    // RFC 5952, 4.2: the longest run of at least two zero groups, the first of equals.
    private static (int Start, int Length) LongestZeroRun(ReadOnlySpan<ushort> groups)
    {
        var (best, bestLength) = (-1, 1);
        for (var i = 0; i < groups.Length; i++)
        {
            var run = 0;
            while (i + run < groups.Length && groups[i + run] == 0) run++;
            if (run > bestLength) (best, bestLength) = (i, run);
            i += run;
        }

        return (best, bestLength);
    }
}
