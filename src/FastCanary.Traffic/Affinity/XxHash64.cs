using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastCanary.Traffic;

/// <summary>
/// XXH64 of the xxHash specification (doc/xxhash_spec.md of Cyan4973/xxHash): the same number on every machine, and the one that
/// <c>System.IO.Hashing.XxHash64</c> gives. It spreads users; it does not protect from somebody who looks for collisions.
/// </summary>
public static class XxHash64
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;
    private const int StripeBytes = 4 * sizeof(ulong);

    /// <summary>The hash of the bytes. No allocation.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes, ulong seed)
    {
        ulong length = (ulong)bytes.Length;
        ulong hash = bytes.Length < StripeBytes ? seed + Prime5 : TakeStripes(ref bytes, seed);
        return Avalanche(TakeTail(bytes, hash + length));
    }

    // Four lanes of 8 bytes each, as long as there are whole stripes; leaves the rest.
    private static ulong TakeStripes(ref ReadOnlySpan<byte> bytes, ulong seed)
    {
        ulong lane1 = seed + Prime1 + Prime2;
        ulong lane2 = seed + Prime2;
        ulong lane3 = seed;
        ulong lane4 = seed - Prime1;
        do
        {
            lane1 = Round(lane1, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            lane2 = Round(lane2, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
            lane3 = Round(lane3, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
            lane4 = Round(lane4, BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));
            bytes = bytes[StripeBytes..];
        }
        while (bytes.Length >= StripeBytes);

        ulong hash = BitOperations.RotateLeft(lane1, 1) + BitOperations.RotateLeft(lane2, 7)
            + BitOperations.RotateLeft(lane3, 12) + BitOperations.RotateLeft(lane4, 18);
        hash = Merge(hash, lane1);
        hash = Merge(hash, lane2);
        hash = Merge(hash, lane3);
        return Merge(hash, lane4);
    }

    private static ulong TakeTail(ReadOnlySpan<byte> bytes, ulong hash)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            hash = (BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(bytes)), 27) * Prime1) + Prime4;
        if (bytes.Length >= sizeof(uint))
        {
            hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(bytes) * Prime1), 23) * Prime2) + Prime3;
            bytes = bytes[sizeof(uint)..];
        }

        foreach (byte one in bytes)
            hash = BitOperations.RotateLeft(hash ^ (one * Prime5), 11) * Prime1;
        return hash;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Round(ulong lane, ulong input) => BitOperations.RotateLeft(lane + (input * Prime2), 31) * Prime1;

    private static ulong Merge(ulong hash, ulong lane) => ((hash ^ Round(0, lane)) * Prime1) + Prime4;

    private static ulong Avalanche(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }
}
