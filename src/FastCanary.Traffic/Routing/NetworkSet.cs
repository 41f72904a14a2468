using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace FastCanary.Traffic;

/// <summary>A set of IP networks. Immutable; shared by all loops.</summary>
/// <remarks>
/// An IPv4 address inside IPv6 (<c>::ffff:a.b.c.d</c>, what a dual-stack socket reports) is that IPv4 address, in the set as in a question;
/// so <c>::/0</c> holds every IPv6 address and no IPv4 one.
/// </remarks>
public sealed class NetworkSet
{
    private const int MappedPrefixLength = 96;
    private static readonly UInt128 MappedPrefix = new(0, 0xFFFF_0000_0000);

    // Each family's networks as ranges, first and last address inclusive, sorted and without overlap.
    private readonly Range[] _v4;
    private readonly Range[] _v6;

    private NetworkSet(Range[] v4, Range[] v6)
    {
        _v4 = v4;
        _v6 = v6;
    }

    /// <summary>Holds no address.</summary>
    public static NetworkSet Empty { get; } = new([], []);

    /// <summary>Prepares networks for look-up; they may overlap.</summary>
    public static NetworkSet Compile(ReadOnlySpan<IPNetwork> networks)
    {
        var v4 = new List<Range>();
        var v6 = new List<Range>();
        foreach (IPNetwork network in networks)
        {
            UInt128 first = ToNumber(network.BaseAddress.GetAddressBytes());
            if (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
                v4.Add(new Range(first, first | LowBits(32 - network.PrefixLength)));
            else if (IsMapped(first) && network.PrefixLength >= MappedPrefixLength)
                v4.Add(new Range((uint)first, (uint)first | LowBits(128 - network.PrefixLength)));
            else
                v6.Add(new Range(first, first | LowBits(128 - network.PrefixLength)));
        }
        return new NetworkSet(Merge(v4), Merge(v6));
    }

    /// <summary>Whether an address lies in one of the networks. O(log n), no allocation.</summary>
    /// <param name="address">4 or 16 bytes in network order; of any other length it is in no network.</param>
    public bool Contains(ReadOnlySpan<byte> address)
    {
        if (address.Length is not (4 or 16))
            return false;
        UInt128 number = ToNumber(address);
        if (address.Length == 4)
            return Contains(_v4, number);
        return IsMapped(number) ? Contains(_v4, (uint)number) : Contains(_v6, number);
    }

    private static bool Contains(Range[] ranges, UInt128 number)
    {
        int low = 0;
        int high = ranges.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (ranges[middle].Last < number)
                low = middle + 1;
            else
                high = middle;
        }
        return low < ranges.Length && ranges[low].First <= number;
    }

    private static Range[] Merge(List<Range> ranges)
    {
        ranges.Sort(static (a, b) => a.First.CompareTo(b.First));
        var merged = new List<Range>(ranges.Count);
        foreach (Range range in ranges)
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last)
                merged[^1] = new Range(merged[^1].First, UInt128.Max(merged[^1].Last, range.Last));
            else
                merged.Add(range);
        }
        return [.. merged];
    }

    private static bool IsMapped(UInt128 number) => number >> 32 == MappedPrefix >> 32;

    private static UInt128 LowBits(int count) => count == 128 ? UInt128.MaxValue : (UInt128.One << count) - UInt128.One;

    private static UInt128 ToNumber(ReadOnlySpan<byte> address) =>
        address.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(address) : BinaryPrimitives.ReadUInt128BigEndian(address);

    private readonly record struct Range(UInt128 First, UInt128 Last);
}
