using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using System.Runtime.InteropServices;

namespace FastCanary.Http;

/// <summary>
/// Makes ids for requests, and keys for users without one: unique, but no secrets, because who sees some can compute others. One per loop; not thread-safe.
/// </summary>
/// <remarks>Random bits are those of xoshiro256** (Blackman and Vigna 2021, Scrambled linear pseudorandom number generators).</remarks>
public sealed class RequestIdGenerator
{
    /// <summary>How long a request's id is: a UUID as text.</summary>
    public const int IdBytes = 36;

    /// <summary>How long a user's key is: 16 bytes in base64url without padding.</summary>
    public const int KeyBytes = 22;

    private const int RandomBytes = 16;

    private ulong _state0;
    private ulong _state1;
    private ulong _state2;
    private ulong _state3;

    /// <summary>A generator of its own, seeded by the system.</summary>
    public RequestIdGenerator()
    {
        _state0 = SystemRandom();
        _state1 = SystemRandom();
        _state2 = SystemRandom();
        _state3 = SystemRandom();
    }

    /// <summary>A generator that repeats itself: for tests and the simulation.</summary>
    public RequestIdGenerator(ulong seed)
    {
        _state0 = Split(ref seed);
        _state1 = Split(ref seed);
        _state2 = Split(ref seed);
        _state3 = Split(ref seed);
    }

    /// <summary>Writes a UUIDv7 (RFC 9562 section 5.7) in lower case: the time, and 74 random bits. No allocation.</summary>
    /// <param name="unixMs">Milliseconds since 1970; ids of a later one sort behind, those of the same one in no order.</param>
    /// <param name="destination">At least <see cref="IdBytes"/> bytes.</param>
    public void Next(long unixMs, Span<byte> destination)
    {
        Span<byte> id = stackalloc byte[RandomBytes];
        BinaryPrimitives.WriteUInt64BigEndian(id, ((ulong)unixMs << 16) | 0x7000 | (NextRandom() >> 52));
        BinaryPrimitives.WriteUInt64BigEndian(id[8..], 0x8000_0000_0000_0000 | (NextRandom() >> 2));
        if (!new Guid(id, bigEndian: true).TryFormat(destination, out _, "D")) throw new ArgumentException($"an id is {IdBytes} bytes", nameof(destination));
    }

    /// <summary>Writes a key of 128 random bits in base64url without padding. No allocation.</summary>
    /// <param name="destination">At least <see cref="KeyBytes"/> bytes.</param>
    public void NextKey(Span<byte> destination)
    {
        Span<byte> key = stackalloc byte[RandomBytes];
        BinaryPrimitives.WriteUInt64BigEndian(key, NextRandom());
        BinaryPrimitives.WriteUInt64BigEndian(key[8..], NextRandom());
        if (!Base64Url.TryEncodeToUtf8(key, destination, out _)) throw new ArgumentException($"a key is {KeyBytes} bytes", nameof(destination));
    }

    /// <summary>
    /// 64 bits from the system. By way of a Guid: on Linux its bits come from the kernel, while RandomNumberGenerator loads OpenSSL, which took 4 to 5 ms
    /// of a start (first call in a fresh process) and need not be installed. Version and variant, which are fixed, stand at different bits of the two halves.
    /// </summary>
    private static ulong SystemRandom()
    {
        Guid random = Guid.NewGuid();
        ReadOnlySpan<ulong> halves = MemoryMarshal.Cast<Guid, ulong>(new ReadOnlySpan<Guid>(in random));
        return halves[0] ^ halves[1];
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood 2014): spreads a seed over the state, never to all zeros.</summary>
    private static ulong Split(ref ulong seed)
    {
        seed += 0x9E3779B97F4A7C15;
        ulong mixed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    private ulong NextRandom()
    {
        ulong result = BitOperations.RotateLeft(_state1 * 5, 7) * 9;
        ulong shifted = _state1 << 17;
        _state2 ^= _state0;
        _state3 ^= _state1;
        _state1 ^= _state2;
        _state0 ^= _state3;
        _state2 ^= shifted;
        _state3 = BitOperations.RotateLeft(_state3, 45);
        return result;
    }
}
